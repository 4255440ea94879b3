import type { Pool } from 'pg'
import { PLUGINS_IN_USE } from '../data/plugins-in-use.ts'
import type { OwnedJob } from './run-job.ts'

/**
 * Milliseconds before the start of a worker in which missed scheduled times count: a job that missed any of them is run
 * once.
 */
const CATCH_UP_MS = 24 * 3_600_000

const SUFFIX = ':schedule'

/**
 * Returns the name of the task for a job's schedule. The queue runs this task at the scheduled times; it enqueues the
 * job in each workspace.
 */
export function scheduleTask({ job }: OwnedJob): string {
  return `${job.name}${SUFFIX}`
}

/** An entry of the crontab of graphile-worker (the library of the queue): a task and its schedule. */
export interface ScheduledTask {
  readonly task: string
  /** Five fields of cron in UTC. */
  readonly match: string
  readonly identifier: string
  readonly options: { readonly backfillPeriod: number; readonly jobKey: string }
}

/** Returns the crontab entries of the jobs that have a schedule. */
export function crontabOf(jobs: readonly OwnedJob[]): ScheduledTask[] {
  return jobs.flatMap((owned) => {
    if (owned.job.schedule === undefined) return []
    const task = scheduleTask(owned)
    // All runs have the same job key, and the queue holds at most one run for each key. So several missed times lead to
    // one run.
    return [
      { task, match: owned.job.schedule, identifier: task, options: { backfillPeriod: CATCH_UP_MS, jobKey: task } },
    ]
  })
}

/**
 * Enqueues a run of the job in every workspace that uses its plugin, or in every one for a job of core, with one SQL statement. In a workspace where the
 * run of an earlier scheduled time is still waiting, no second run is added.
 * @returns The number of workspaces.
 */
export async function enqueueInWorkspaces(ownerPool: Pick<Pool, 'query'>, { plugin, job }: OwnedJob): Promise<number> {
  const { rows } = await ownerPool.query<{ workspaces: number }>(
    `select count(*)::int as workspaces from graphile_worker.add_jobs(array(
       select row($1, json_build_object('workspaceId', used.workspace_id, 'payload', '{}'::json), null, now(), 25,
                  'schedule:' || $1 || ':' || used.workspace_id, 0, null)::graphile_worker.job_spec
       from (select pa.workspace_id from ${PLUGINS_IN_USE} where pa.plugin_id = $2
             union all select id from workspaces where $3) used
     ), true)`,
    [job.name, plugin.id, plugin.isCore === true],
  )
  return rows[0]?.workspaces ?? 0
}
