import type { Pool } from 'pg'
import type { OwnedJob } from './run-job.ts'

/** Milliseconds back from a start in which a time that was missed is made up for, once. */
const MAKE_UP_MS = 24 * 3_600_000

const SUFFIX = ':schedule'

/** Name of the task that is due at the job's times, and asks for a run in each workspace. */
export function scheduleTask({ job }: OwnedJob): string {
  return `${job.name}${SUFFIX}`
}

/** A line of the crontab. */
export interface ScheduledTask {
  readonly task: string
  readonly match: string
  readonly identifier: string
  readonly options: { readonly backfillPeriod: number; readonly jobKey: string }
}

/** When the jobs run by themselves. */
export function crontabOf(jobs: readonly OwnedJob[]): ScheduledTask[] {
  return jobs.flatMap((owned) => {
    if (owned.job.schedule === undefined) return []
    const task = scheduleTask(owned)
    // One key: of several missed times one is made up for.
    return [
      { task, match: owned.job.schedule, identifier: task, options: { backfillPeriod: MAKE_UP_MS, jobKey: task } },
    ]
  })
}

/**
 * Asks for a run of the job in every workspace that uses its plugin. Where one of an earlier time still waits, it is that
 * one. Answers in how many. One statement.
 */
export async function askEverywhere(ownerPool: Pick<Pool, 'query'>, { plugin, job }: OwnedJob): Promise<number> {
  const { rows } = await ownerPool.query<{ asked: number }>(
    `select count(*)::int as asked from graphile_worker.add_jobs(array(
       select row($1, json_build_object('workspaceId', pa.workspace_id, 'payload', '{}'::json), null, now(), 25,
                  'schedule:' || $1 || ':' || pa.workspace_id, 0, null)::graphile_worker.job_spec
       from plugin_activations pa join installed_plugins p on p.id = pa.plugin_id and p.state = 'INSTALLED'
       where pa.plugin_id = $2 and pa.is_enabled and pa.quarantined_at is null
     ), true)`,
    [job.name, plugin.id],
  )
  return rows[0]?.asked ?? 0
}
