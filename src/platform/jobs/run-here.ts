import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { transact } from '../data/transaction.ts'
import type { Background } from '../plugins/background/background.ts'
import { createLiveness, releaseDeadWorkers } from './liveness.ts'
import { queuedPayloadSchema } from './queued-payload.ts'
import { type JobRunState, readJobRun } from './read-runs.ts'
import type { OwnedJob } from './run-job.ts'
import { runTaken, type TakenJobRun } from './run-taken.ts'

/** Milliseconds between two looks at a run that another process has taken. */
const POLL_MS = 200
/** Milliseconds between two checks whether the process that has taken the run is dead. */
const CHECK_INTERVAL_MS = 5_000

/** A run in the queue, and who waits for it. */
export interface AwaitedRun {
  readonly workspaceId: string
  /** Id of the run in the queue. */
  readonly id: string
  /** When it is aborted, an attempt in this process is rolled back, and `finishRun` returns. */
  readonly signal: AbortSignal
}

/**
 * Runs a queued run of a job in this process, or waits for its attempt in another process that has taken it before, such
 * as a server. A failed attempt is retried by the servers.
 * @returns The state of the run after its attempt. When `signal` was aborted before, the state at that time. Null when
 * the run is no longer in the queue, because its plugin was removed.
 */
export async function finishRun(
  background: Background,
  databaseUrl: string,
  owned: OwnedJob,
  { workspaceId, id, signal }: AwaitedRun,
): Promise<JobRunState | null> {
  const { database } = background
  const workerId = `rapport-${randomUUID()}`
  const liveness = createLiveness(databaseUrl)
  const read = () => transact(database, workspaceId, (transaction) => readJobRun(transaction, owned.job.name, id))
  try {
    // Held before the run is taken: otherwise a server could consider this process dead, and run the job once more.
    await liveness.hold(workerId)
    for (let checkedAt = performance.now(); ; ) {
      const run = await read()
      if (signal.aborted || !run || (run.status !== 'WAITING' && run.status !== 'RUNNING')) return run
      const taken = await takeRun(database.ownerPool, workerId, id)
      if (taken) await attempt(background, owned, workerId, taken, signal)
      else await sleep(POLL_MS)
      if (performance.now() - checkedAt < CHECK_INTERVAL_MS) continue
      await releaseDeadWorkers(database.ownerPool)
      checkedAt = performance.now()
    }
  } finally {
    await liveness.close()
  }
}

/** Runs one attempt, and then releases the run as the library of the queue does. */
async function attempt(
  background: Background,
  owned: OwnedJob,
  workerId: string,
  taken: TakenJobRun,
  signal: AbortSignal,
): Promise<void> {
  const { ownerPool } = background.database
  const key = [taken.taken.queueId, workerId]
  try {
    await runTaken(background, owned, taken, abortOf(signal))
    // Only a run that was dropped is still there: one that succeeded has left the queue in its own transaction.
    await ownerPool.query('delete from graphile_worker._private_jobs where id = $1 and locked_by = $2', key)
  } catch (error) {
    await ownerPool.query(
      `update graphile_worker._private_jobs set last_error = $3, locked_by = null, locked_at = null,
         run_at = greatest(now(), run_at) + exp(least(attempts, 10)) * interval '1 second'
       where id = $1 and locked_by = $2`,
      [...key, error instanceof Error ? error.message : String(error)],
    )
  }
}

/** Takes a run that is due for a worker; null when it is not due or another worker has it. */
async function takeRun(ownerPool: Pick<Pool, 'query'>, workerId: string, id: string): Promise<TakenJobRun | null> {
  const { rows } = await ownerPool.query<{
    payload: unknown
    attempts: number
    maxAttempts: number
    requestedAt: Date
  }>(
    `update graphile_worker._private_jobs set attempts = attempts + 1, locked_by = $2, locked_at = now()
     where id = $1 and is_available and run_at <= now()
     returning payload::jsonb as payload, attempts, max_attempts as "maxAttempts", created_at as "requestedAt"`,
    [id, workerId],
  )
  const [row] = rows
  if (!row) return null
  const { attempts, maxAttempts, requestedAt } = row
  const taken = { queueId: id, attempts, requestedAt, startedMs: performance.now() }
  return { ...queuedPayloadSchema.parse(row.payload), taken, maxAttempts }
}

/** Returns a promise that rejects when the signal is aborted. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(new Error('The process was requested to stop.'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}
