import { awaitAll } from '../async/await-all.ts'
import { sqlState, type Transaction, transact } from '../data/transaction.ts'
import { appendLog } from '../log/append.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import { throwIfFailed } from '../sandbox/scope.ts'
import { reportFailure } from '../sandbox/strikes.ts'

/** What a unit of work returned, and whether it was committed. */
export interface WorkResult<Result> {
  readonly result: Result
  readonly isWritten: boolean
}

/** The two halves of a unit of work. Each may run twice, so it must have no effect outside the database. */
export interface UnitOfWorkParts<Written, Result> {
  /** Writes records. */
  write(work: UnitOfWork): Promise<Written>
  /** Reads the result, in the same transaction, after the log was appended: it writes no records. */
  answer(work: UnitOfWork, written: Written): Promise<Result>
  /** Whether statements of plugins are committed where no record was written; they are when absent. */
  isDone?(result: Result): boolean
}

/**
 * Runs one unit of work in a transaction of the caller's workspace, appends its log and audit entries, and wakes those who
 * follow the log. When no record was written the transaction is rolled back, unless plugins sent statements of their own and
 * `isDone` says that these count.
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
        if (work.log.length > 0 || (work.hasPluginStatements && (parts.isDone?.(result) ?? true))) return result
        rolledBack.push({ result, isWritten: false })
        throw NOTHING_WRITTEN
      },
      onStatement,
    )
  try {
    const result = await againAfterRace(run)
    feed.announce(workspaceId)
    return { result, isWritten: true }
  } catch (error) {
    const answer = rolledBack.at(-1)
    if (error === NOTHING_WRITTEN && answer) return answer
    await reportFailure(context.runtime, workspaceId, context.requestId, error)
    throw error
  }
}

/** The same for work whose result is known once it is written. */
export function runWrites<Result>(
  context: RequestContext,
  write: (work: UnitOfWork) => Promise<Result>,
): Promise<WorkResult<Result>> {
  return runUnitOfWork(context, { write, answer: async (_, result) => result })
}

/**
 * Runs the halves in a transaction with the log between them. PostgreSQL executes the statements in the order in which they
 * are sent, so the log costs no round trip of its own, and the result holds what was logged, such as a record's history.
 * @throws Error when `answer` writes records: the log would not hold them.
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
  const logged = work.log.length
  const appended = appendLog(work)
  const answered = (async () => answer(work, written))()
  await awaitAll([appended, answered])
  throwIfFailed(work)
  if (work.log.length > logged) throw new Error('The answer of a unit of work wrote records. Write them in `write`.')
  return { work, result: await answered }
}

/** Has everything that the work did so far rolled back at its end. */
export function discard(work: UnitOfWork): void {
  work.log.length = 0
  work.hasPluginStatements = false
}

/** Ends a transaction that has to be rolled back. */
const NOTHING_WRITTEN = new Error('The work wrote nothing.')

const UNIQUE_VIOLATION = '23505'

/** Two writers made the same value unique at once: the second one runs again, and its rules see what the first wrote. */
async function againAfterRace<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    return run()
  }
}
