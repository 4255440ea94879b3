import { raw } from '../data/sql.ts'
import type { UserError } from '../declare/rules/user-errors.ts'
import type { UnitOfWork } from '../request/context.ts'
import { constraintError } from './constraints.ts'
import type { WriteResult } from './write-update.ts'

/**
 * Runs writes after a savepoint and returns null. When they violate a constraint of the database, rolls back to the
 * savepoint, removes their log entries, and returns the user error for the constraint.
 */
export async function attempt(work: UnitOfWork, write: () => Promise<void>): Promise<UserError | null> {
  const { length } = work.log
  await work.transaction.query(raw('savepoint rows'))
  try {
    await write()
  } catch (error) {
    const refused = constraintError(error, work.context.runtime)
    if (!refused) throw error
    await work.transaction.query(raw('rollback to savepoint rows'))
    work.log.length = length
    return refused
  }
  await work.transaction.query(raw('release savepoint rows'))
  return null
}

/**
 * Runs a write after a savepoint and returns its result. When the result has errors, or the write violates a constraint
 * of the database, rolls back to the savepoint and removes the log entries of the write.
 */
export async function attemptWrite(work: UnitOfWork, write: () => Promise<WriteResult>): Promise<WriteResult> {
  let refused: WriteResult | null = null
  let written: WriteResult = { id: null, errors: [] }
  const { length } = work.log
  await work.transaction.query(raw('savepoint write'))
  try {
    written = await write()
    if (written.errors.length > 0) refused = written
  } catch (error) {
    const userError = constraintError(error, work.context.runtime)
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
