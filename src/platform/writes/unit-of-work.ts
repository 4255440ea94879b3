import { awaitAll } from '../async/await-all.ts'
import { sqlState, type Transaction, transact } from '../data/transaction.ts'
import { appendLog } from '../log/append.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { reportFailure } from '../sandbox/strikes.ts'
import { throwIfFailed } from '../sandbox/work-level.ts'

/** The result of a unit of work, and whether it was committed. */
export interface WorkResult<Result> {
  readonly result: Result
  readonly isWritten: boolean
}

/**
 * The two steps of a unit of work. Both may run again after a conflict with another transaction, so they must have no
 * effects outside the database.
 */
export interface UnitOfWorkParts<Written, Result> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /**
   * Reads the result (for a mutation, its payload) in the same transaction, after the log was appended. It must not
   * write records.
   */
  answer(work: UnitOfWork, written: Written): Promise<Result>
  /**
   * Called when the log is empty but code of plugins has written something, such as to its own tables. Returns whether
   * the transaction is committed; otherwise it is rolled back. Default: it is committed.
   */
  commitsStatements?(result: Result): boolean
}

/**
 * Runs a unit of work in a transaction of the caller's workspace, appends its log and audit entries, and announces them
 * to the feed. The transaction is committed when the log has entries. With an empty log it is rolled back, unless code
 * of plugins has written something (`hasPluginStatements`) and `commitsStatements` is absent or returns true. The
 * result is returned in each case.
 */
export async function runUnitOfWork<Written, Result>(
  context: RequestContext,
  parts: UnitOfWorkParts<Written, Result>,
): Promise<WorkResult<Result>> {
  const { database, feed, onStatement } = context.runtime
  const { workspaceId } = context.actor
  // Only an error makes `transact` roll back. The results of runs that were rolled back are kept here.
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
    const result = await retryAfterConflict(run)
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
 * Runs `write`, appends the log, and runs `answer`, all in the given transaction. The statements of the log and of
 * `answer` are sent together: PostgreSQL executes them in the order in which they are sent, so the log costs no extra
 * round trip, and the result contains what was logged, such as a record's history.
 * @throws Error when `answer` writes records, because the log would not contain them.
 */
export async function writeAndLog<Written, Result>(
  context: RequestContext,
  transaction: Transaction,
  { write, answer }: UnitOfWorkParts<Written, Result>,
): Promise<{ readonly work: UnitOfWork; readonly result: Result }> {
  const now = timeOf({ runtime: context.runtime })
  const work: UnitOfWork = {
    context: { ...context, now },
    transaction,
    now,
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

/**
 * Discards all writes of a unit of work: with an empty log and no statements of plugins, `runUnitOfWork` rolls the
 * transaction back.
 */
export function discard(work: UnitOfWork): void {
  work.log.length = 0
  work.hasPluginStatements = false
}

/** Thrown to make `transact` roll back a transaction with nothing to commit. `runUnitOfWork` catches it. */
const NOTHING_WRITTEN = new Error('The unit of work wrote nothing.')

/** SQLSTATEs of a violated unique index and of a violated exclusion constraint. */
const CONFLICTS: ReadonlySet<string | null> = new Set(['23505', '23P01'])

/**
 * Runs a transaction, and after a violation of a unique index or exclusion constraint once more. When a concurrent
 * transaction has written a record that conflicts, the rules of the second run find that record.
 */
export async function retryAfterConflict<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!CONFLICTS.has(sqlState(error))) throw error
    return run()
  }
}
