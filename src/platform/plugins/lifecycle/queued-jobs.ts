import type { Pool } from 'pg'

/**
 * Deletes the queued jobs of a plugin in all workspaces, and the times at which its schedules last ran. Called when the
 * plugin is removed from the installation. A job that is running at this time is rolled back, because at its end
 * its entry is no longer in the queue. Returns the number of deleted jobs.
 */
export async function removeJobs(ownerPool: Pick<Pool, 'query'>, pluginId: string): Promise<number> {
  const prefix = `${pluginId}.`
  const { rowCount } = await ownerPool.query(
    `delete from graphile_worker._private_jobs where task_id in (
       select id from graphile_worker._private_tasks where starts_with(identifier, $1)
     )`,
    [prefix],
  )
  await ownerPool.query('delete from graphile_worker._private_known_crontabs where starts_with(identifier, $1)', [
    prefix,
  ])
  return rowCount ?? 0
}

/** A job that failed. It waits for its next attempt, or is no longer retried. */
export interface FailedJob {
  /** Name of the job. */
  readonly job: string
  readonly attempts: number
  /** Message of the last failure. */
  readonly error: string
  /** Time of the next attempt; null after the last of 25 attempts. */
  readonly retryAt: Date | null
}

const MAX_FAILED = 100

/** Returns the failed jobs of a plugin in a workspace that are still in the queue: at most 100, the newest first. */
export async function failedJobs(
  ownerPool: Pick<Pool, 'query'>,
  workspaceId: string,
  pluginId: string,
): Promise<FailedJob[]> {
  const { rows } = await ownerPool.query<FailedJob>(
    `select tasks.identifier as job, jobs.attempts, jobs.last_error as error,
            case when jobs.attempts < jobs.max_attempts then jobs.run_at end as "retryAt"
     from graphile_worker._private_jobs jobs join graphile_worker._private_tasks tasks on tasks.id = jobs.task_id
     where starts_with(tasks.identifier, $2) and jobs.last_error is not null and jobs.payload ->> 'workspaceId' = $1
     order by jobs.id desc limit ${MAX_FAILED}`,
    [workspaceId, `${pluginId}.`],
  )
  return rows
}
