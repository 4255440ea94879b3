import { awaitAll } from '../async/await-all.ts'
import { sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import { type JobOutcome, KEPT_RUNS } from './run-outcomes.ts'

/** The largest number of runs in each list of `JobRuns`. */
const MAX_LISTED = KEPT_RUNS
/** Runs of a job that wait, and those that were given up, are counted up to this number. */
const MAX_COUNTED = 1_000

/** A run of a job, with its last attempt. */
export interface JobRunState {
  /** Id of the run in the queue. */
  readonly id: string
  readonly job: string
  /** `WAITING` when no attempt was made yet, otherwise the state or outcome of the last attempt. */
  readonly status: 'WAITING' | 'RUNNING' | JobOutcome
  /** Number of attempts, including one that runs now. */
  readonly attempts: number
  readonly requestedAt: Date
  /** Start and end of the last attempt; null when there was none, when it runs now, or when it is not recorded. */
  readonly startedAt: Date | null
  readonly endedAt: Date | null
  /** When the next attempt is due; null when there will be none, or when the run runs now. */
  readonly nextAttemptAt: Date | null
  /** Message of the last failed attempt; null when none has failed. */
  readonly error: string | null
}

/** The runs of a job in a workspace. */
export interface JobRuns {
  /** Runs of which an attempt has ended, the last one first. */
  readonly recent: readonly JobRunState[]
  /** Runs that run now, and then those that wait, the next one first. */
  readonly pending: readonly JobRunState[]
  /** Runs that were given up, the newest first. */
  readonly givenUp: readonly JobRunState[]
  /** Number of runs that wait for an attempt; those that run now are not counted. */
  readonly waitingCount: number
  readonly givenUpCount: number
}

interface RecordedRun extends Record<string, unknown> {
  readonly id: string
  readonly job: string
  readonly outcome: JobOutcome
  readonly attempts: number
  readonly requestedAt: Date
  readonly startedAt: Date
  readonly endedAt: Date
  readonly error: string | null
}

interface QueuedRun extends Record<string, unknown> {
  readonly id: string
  readonly job: string
  readonly isRunning: boolean
  readonly attempts: number
  readonly maxAttempts: number
  readonly requestedAt: Date
  readonly runAt: Date
  readonly lockedAt: Date | null
  readonly error: string | null
}

interface QueuedCounts extends Record<string, unknown> {
  readonly job: string
  readonly waiting: number
  readonly givenUp: number
}

/**
 * Reads the runs of jobs in the transaction's workspace, by name of the job. The cost depends on the number of jobs, not
 * on the length of the queue.
 */
export async function readJobRuns(
  transaction: Transaction,
  jobs: readonly string[],
): Promise<ReadonlyMap<string, JobRuns>> {
  if (jobs.length === 0) return new Map()
  const [recorded, queued, counts] = await awaitAll([
    readRecorded(transaction, jobs),
    readQueued(transaction, jobs),
    transaction.query<QueuedCounts>(
      sql`select job, waiting, "givenUp" from rapport_queued_counts(${jobs}::text[], ${MAX_COUNTED}::int)`,
    ),
  ])
  const recordedById = new Map(recorded.map((run) => [run.id, run]))
  const queuedById = new Map(queued.map((run) => [run.id, run]))
  const stateOf = (id: string) => runState(queuedById.get(id), recordedById.get(id))
  const statesOf = (runs: readonly { readonly id: string }[]) =>
    runs.slice(0, MAX_LISTED).flatMap(({ id }) => stateOf(id) ?? [])
  return new Map(
    jobs.map((job) => {
      const ofJob = queued.filter((run) => run.job === job)
      const count = counts.find((each) => each.job === job)
      const runs: JobRuns = {
        recent: statesOf(recorded.filter((run) => run.job === job)),
        pending: statesOf(ofJob.filter((run) => !isGivenUp(run))),
        givenUp: statesOf(ofJob.filter(isGivenUp).sort(byNewest)),
        waitingCount: count?.waiting ?? 0,
        givenUpCount: count?.givenUp ?? 0,
      }
      return [job, runs]
    }),
  )
}

/** Reads one run of a job in the transaction's workspace; null when there is none with this id. */
export async function readJobRun(transaction: Transaction, job: string, id: string): Promise<JobRunState | null> {
  const [recorded, queued] = await awaitAll([readRecorded(transaction, [job]), readQueued(transaction, [job], [id])])
  return runState(
    queued.find((run) => run.id === id),
    recorded.find((run) => run.id === id),
  )
}

function readRecorded(transaction: Transaction, jobs: readonly string[]): Promise<RecordedRun[]> {
  return transaction.query<RecordedRun>(
    sql`select queue_id::text as id, job, outcome::text as outcome, attempts, requested_at as "requestedAt",
          started_at as "startedAt", ended_at as "endedAt", error
        from plugin_job_runs where workspace_id = ${transaction.workspaceId}::uuid and job = any(${jobs}::text[])
        order by ended_at desc, queue_id desc`,
  )
}

function readQueued(
  transaction: Transaction,
  jobs: readonly string[],
  also: readonly string[] = [],
): Promise<QueuedRun[]> {
  return transaction.query<QueuedRun>(
    sql`select id::text as id, job, "isRunning", attempts, "maxAttempts", "requestedAt", "runAt", "lockedAt", error
        from rapport_queued_runs(${jobs}::text[], ${also}::bigint[], ${MAX_LISTED}::int) q
        order by "lockedAt", "runAt", q.id`,
  )
}

function isGivenUp({ isRunning, attempts, maxAttempts }: QueuedRun): boolean {
  return !isRunning && attempts >= maxAttempts
}

function byNewest(one: QueuedRun, other: QueuedRun): number {
  return BigInt(one.id) < BigInt(other.id) ? 1 : -1
}

/**
 * Returns the state of a run. What is recorded of a run that is in the queue counts only when it is about the last
 * attempt: a retry begins to count again, and a run with a key may replace another one under the same id.
 */
function runState(queued: QueuedRun | undefined, recorded: RecordedRun | undefined): JobRunState | null {
  if (!queued) {
    if (!recorded) return null
    const { outcome, ...run } = recorded
    return { ...run, status: outcome, nextAttemptAt: null }
  }
  const { id, job, isRunning, attempts, requestedAt, runAt, lockedAt, error } = queued
  const run = { id, job, attempts, requestedAt, error }
  if (isRunning) return { ...run, status: 'RUNNING', startedAt: lockedAt, endedAt: null, nextAttemptAt: null }
  const nextAttemptAt = isGivenUp(queued) ? null : runAt
  if (attempts === 0) return { ...run, status: 'WAITING', startedAt: null, endedAt: null, nextAttemptAt }
  const last = recorded?.attempts === attempts ? recorded : undefined
  return {
    ...run,
    status: last?.outcome ?? 'FAILED',
    startedAt: last?.startedAt ?? null,
    endedAt: last?.endedAt ?? null,
    nextAttemptAt,
  }
}
