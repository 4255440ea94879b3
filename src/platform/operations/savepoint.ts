import { raw } from '../data/sql.ts'
import { constraintError } from './constraints.ts'
import type { Work } from './define.ts'
import type { UserError } from './user-errors.ts'

/** Runs writes behind a savepoint; a refusal by the database undoes them and is answered, null when they went well. */
export async function attempt(work: Work, write: () => Promise<void>): Promise<UserError | null> {
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
