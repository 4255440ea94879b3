import { sqlState, transact } from '../data/transaction.ts'
import type { RequestContext, Work } from '../request/context.ts'
import { throwIfFailed } from '../sandbox/scope.ts'
import { reportFailure } from '../sandbox/strikes.ts'

/** What a work answered, and whether it was committed. */
export interface Done<Result> {
  readonly result: Result
  readonly isWritten: boolean
}

const UNIQUE_VIOLATION = '23505'

/**
 * Runs `act` in one transaction of the caller's workspace and wakes those who follow the log. `act` appends the log of
 * what it wrote; an empty log rolls the transaction back, unless plugins sent statements of their own and `isDone`. It may run twice, so it must have no effect outside the database.
 */
export async function runWork<Result>(
  context: RequestContext,
  act: (work: Work) => Promise<Result>,
  isDone: (result: Result) => boolean = () => true,
): Promise<Done<Result>> {
  const { database, feed, onStatement } = context.runtime
  const { workspaceId } = context.actor
  const rolledBack: Done<Result>[] = []
  const run = () =>
    transact(
      database,
      workspaceId,
      async (transaction) => {
        const work: Work = {
          context,
          transaction,
          now: context.runtime.now?.() ?? new Date(),
          log: [],
          isTouched: false,
        }
        const result = await act(work)
        throwIfFailed(work)
        if (work.log.length > 0 || (work.isTouched && isDone(result))) return result
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

/** Has everything that the work did so far rolled back at its end. */
export function discard(work: Work): void {
  work.log.length = 0
  work.isTouched = false
}

/** Ends a transaction that has to be rolled back. */
const NOTHING_WRITTEN = new Error('The work wrote nothing.')

/** Two writers made the same value unique at once: the second one runs again, and its rules see what the first wrote. */
async function againAfterRace<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    return run()
  }
}
