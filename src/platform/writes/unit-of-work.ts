import { awaitAll } from '../async/await-all.ts'
import { sqlState, type Transaction, transact } from '../data/transaction.ts'
import { appendLog } from '../log/append.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import { reportFailure } from '../sandbox/strikes.ts'
import { throwIfFailed } from '../sandbox/work-level.ts'

/** The result of a unit of work, and whether it was committed. */
export interface WorkResult<Result> {
  readonly result: Result
  readonly isWritten: boolean
}

/** The two steps of a unit of work. Each of them may run twice, so they must have no effects outside the database. */
export interface UnitOfWorkParts<Written, Result> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /** Reads the result in the same transaction, after the log was appended. It must not write records. */
  answer(work: UnitOfWork, written: Written): Promise<Result>
  /** Whether statements of plugins are committed when no record was written. They are committed when this is absent. */
  commitsStatements?(result: Result): boolean
}

/**
 * Runs a unit of work in a transaction of the caller's workspace, appends its log and audit entries, and announces them
 * to the feed. When no record was written, the transaction is rolled back, unless plugins sent statements of their own
 * and `commitsStatements` returns true.
 */
export async function runUnitOfWork<Written, Result>(
  context: RequestContext,
  parts: UnitOfWorkParts<Written, Result>,
): Promise<WorkResult<Result>> {
  const { database, feed, onStatement } = context.runtime
  const { workspaceId } = context.actor
  const rolledBack: WorkResult<Result>[] = []
  const run = () =>
    transact(
      database,
      workspaceId,
      async (transaction) => {
        const { work, result } = await writeAndLog(context, transaction, parts)
        if (work.log.length > 0 || (work.hasPluginStatements && (parts.commitsStatements?.(result) ?? true)))
          return result
        rolledBack.push({ result, isWritten: false })
        throw NOTHING_WRITTEN
      },
      onStatement,
    )
  try {
    const result = await retryAfterUniqueViolation(run)
    feed.announce(workspaceId)
    return { result, isWritten: true }
  } catch (error) {
    const workResult = rolledBack.at(-1)
    if (error === NOTHING_WRITTEN && workResult) return workResult
    await reportFailure(context.runtime, workspaceId, context.requestId, error)
    throw error
  }
}

/** Runs a unit of work whose result is what `write` returns. */
export function runWrites<Result>(
  context: RequestContext,
  write: (work: UnitOfWork) => Promise<Result>,
): Promise<WorkResult<Result>> {
  return runUnitOfWork(context, { write, answer: async (_, result) => result })
}

/**
 * Runs the two steps in a transaction, and appends the log between them. The statements of the log and of `answer` are
 * sent together: PostgreSQL executes them in the order in which they are sent, so the log costs no extra round trip,
 * and the result contains what was logged, such as a record's history.
 * @throws Error when `answer` writes records, because the log would not contain them.
 */
export async function writeAndLog<Written, Result>(
  context: RequestContext,
  transaction: Transaction,
  { write, answer }: UnitOfWorkParts<Written, Result>,
): Promise<{ readonly work: UnitOfWork; readonly result: Result }> {
  const work: UnitOfWork = {
    context,
    transaction,
    now: context.runtime.now?.() ?? new Date(),
    log: [],
    hasPluginStatements: false,
  }
  const written = await write(work)
  throwIfFailed(work)
  const loggedCount = work.log.length
  const appended = appendLog(work)
  const pendingResult = (async () => answer(work, written))()
  await awaitAll([appended, pendingResult])
  throwIfFailed(work)
  if (work.log.length > loggedCount)
    throw new Error('The step `answer` of a unit of work wrote records. Write them in `write`.')
  return { work, result: await pendingResult }
}

/** Marks everything that the unit of work has done so far to be rolled back at its end. */
export function discard(work: UnitOfWork): void {
  work.log.length = 0
  work.hasPluginStatements = false
}

/** Thrown to roll back a transaction that wrote nothing. It never leaves this file. */
const NOTHING_WRITTEN = new Error('The unit of work wrote nothing.')

const UNIQUE_VIOLATION = '23505'

/**
 * Runs again, once, after a unique violation: when two concurrent writes use the same unique value, the rules of the
 * second run see what the first transaction wrote.
 */
async function retryAfterUniqueViolation<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    return run()
  }
}
