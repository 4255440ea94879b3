import type { Pool } from 'pg'

/**
 * Deletes the queued jobs of a plugin in all workspaces, what is recorded of its ended runs, and the times at which its
 * schedules last ran. Called when the
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
  await ownerPool.query('delete from plugin_job_runs where starts_with(job, $1)', [prefix])
  return rowCount ?? 0
}
