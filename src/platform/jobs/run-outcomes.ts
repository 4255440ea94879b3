import type { Pool } from 'pg'
import { raw, type Sql, sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'

/**
 * Ended runs that are kept for each job and workspace. Older ones are deleted by the statement that records a newer one.
 */
export const KEPT_RUNS = 20

/** How an attempt of a run ended: a value of the enum `PluginJobOutcome`. */
export type JobOutcome = 'SUCCEEDED' | 'FAILED' | 'INTERRUPTED' | 'DROPPED'

/** Message of an attempt that ended because its server process did. */
export const INTERRUPTED_MESSAGE = 'The server process ended during the attempt.'

/** An attempt of a run that a worker has taken from the queue. */
export interface TakenRun {
  /** Id of the run in the queue. */
  readonly queueId: string
  /** Number of this attempt, from 1. */
  readonly attempts: number
  /** When the run was enqueued. */
  readonly requestedAt: Date
  /** When this attempt started, in milliseconds of `performance.now()`. */
  readonly startedMs: number
}

/**
 * Records in the run's own transaction that it succeeded, and deletes the oldest runs beyond `KEPT_RUNS`. The message of
 * an earlier attempt that failed is kept.
 */
export async function recordSuccess(transaction: Transaction, job: string, run: TakenRun): Promise<void> {
  await transaction.query(
    sql`with recorded as (
          insert into plugin_job_runs as r (workspace_id, queue_id, job, outcome, attempts, requested_at, started_at, ended_at)
          values (${transaction.workspaceId}::uuid, ${run.queueId}::bigint, ${job}, 'SUCCEEDED', ${run.attempts}::int,
            ${run.requestedAt}::timestamptz, ${startOf(run)}, clock_timestamp())
          on conflict (workspace_id, queue_id) do update set ${raw(OVERWRITE)},
            error = case when excluded.attempts > 1 then r.error end
        )
        ${deleteOldRuns(sql`${transaction.workspaceId}::uuid`, job, run.queueId)}`,
  )
}

/**
 * Records that an attempt wrote nothing, and deletes the oldest runs beyond `KEPT_RUNS`. Records nothing when the run is
 * no longer in the queue with this attempt: another worker has it, or it was removed together with its plugin.
 * @param error Message of the failure; null for a run that was dropped.
 */
export async function recordEnd(
  ownerPool: Pick<Pool, 'query'>,
  workspaceId: string,
  job: string,
  run: TakenRun,
  outcome: Exclude<JobOutcome, 'SUCCEEDED'>,
  error: string | null,
): Promise<void> {
  const statement = sql`with recorded as (
      insert into plugin_job_runs as r (workspace_id, queue_id, job, outcome, attempts, requested_at, started_at, ended_at, error)
      select w.id, q.id, ${job}::text, ${outcome}::"PluginJobOutcome", q.attempts, q.created_at, ${startOf(run)}, clock_timestamp(), ${error}::text
      from graphile_worker._private_jobs q join workspaces w on w.id = ${workspaceId}::uuid
      where q.id = ${run.queueId}::bigint and q.attempts = ${run.attempts}::int and q.locked_at is not null
      on conflict (workspace_id, queue_id) do update set ${raw(OVERWRITE)}, error = excluded.error
    )
    ${deleteOldRuns(sql`${workspaceId}::uuid`, job, run.queueId)}`
  await ownerPool.query(statement.text, statement.values)
}

/** Assignments of ON CONFLICT by which a later attempt of a run overwrites the one before. */
export const OVERWRITE = `job = excluded.job, outcome = excluded.outcome, attempts = excluded.attempts,
  requested_at = excluded.requested_at, started_at = excluded.started_at, ended_at = excluded.ended_at`

function startOf({ startedMs }: TakenRun): Sql {
  return sql`clock_timestamp() - make_interval(secs => ${(performance.now() - startedMs) / 1_000}::float8)`
}

/**
 * Returns the statement that deletes the oldest runs of a job in a workspace, so that at most `KEPT_RUNS` are left
 * together with the run that is being recorded. Rows that another worker is deleting are skipped: waiting for its
 * transaction could be a deadlock, after which the job would have to run again.
 */
function deleteOldRuns(workspace: Sql, job: string, queueId: string): Sql {
  return sql`delete from plugin_job_runs where workspace_id = ${workspace} and queue_id in (
      select queue_id from plugin_job_runs where workspace_id = ${workspace} and queue_id in (
        select queue_id from plugin_job_runs
        where workspace_id = ${workspace} and job = ${job} and queue_id <> ${queueId}::bigint
        order by ended_at desc, queue_id desc offset ${KEPT_RUNS - 1}::int
      ) for update skip locked
    )`
}
