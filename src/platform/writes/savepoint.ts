import { raw } from '../data/sql.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { constraintError } from './constraints.ts'
import type { Written } from './write-update.ts'

/** Runs writes behind a savepoint; a refusal by the database undoes them and is answered, null when they went well. */
export async function attempt(work: UnitOfWork, write: () => Promise<void>): Promise<UserError | null> {
  const { length } = work.log
  await work.transaction.query(raw('savepoint rows'))
  try {
    await write()
  } catch (error) {
    const refused = constraintError(error, work.context.runtime.uniqueIndexes)
    if (!refused) throw error
    await work.transaction.query(raw('rollback to savepoint rows'))
    work.log.length = length
    return refused
  }
  await work.transaction.query(raw('release savepoint rows'))
  return null
}

/** The same for a write that may be refused by itself too: whatever came before its refusal is undone. */
export async function attemptWrite(work: UnitOfWork, write: () => Promise<Written>): Promise<Written> {
  let refused: Written | null = null
  let written: Written = { id: null, errors: [] }
  const { length } = work.log
  await work.transaction.query(raw('savepoint write'))
  try {
    written = await write()
    if (written.errors.length > 0) refused = written
  } catch (error) {
    const userError = constraintError(error, work.context.runtime.uniqueIndexes)
    if (!userError) throw error
    refused = { id: null, errors: [userError] }
  }
  if (!refused) {
    await work.transaction.query(raw('release savepoint write'))
    return written
  }
  await work.transaction.query(raw('rollback to savepoint write'))
  work.log.length = length
  return refused
}
