import { sql } from '../data/sql.ts'
import type { Job } from '../declare/job.ts'
import type { Plugin } from '../declare/plugin.ts'
import {
  type Background,
  backgroundContext,
  reportRuleFailure,
  runInBackground,
} from '../plugins/background/background.ts'
import { runPart } from '../sandbox/run-part.ts'
import { checkPayload } from './payload.ts'

/** Milliseconds that a run may take. */
const RUN_LIMIT_MS = 300_000

/** A job and the plugin that brought it. */
export interface OwnedJob {
  readonly plugin: Plugin
  readonly job: Job
}

/** A run of a job in a workspace. */
export interface JobRun {
  readonly workspaceId: string
  readonly payload: unknown
  /** The job's number in the queue; null for one that never was in it. */
  readonly queueId: string | null
}

/** The jobs of plugins, each with its plugin. */
export function jobsOf(loaded: readonly { readonly plugin: Plugin }[]): OwnedJob[] {
  return loaded.flatMap(({ plugin }) => (plugin.jobs ?? []).map((job) => ({ plugin, job })))
}

/**
 * Runs a job as its plugin, in one transaction together with its end in the queue: inside the database it has its effect
 * exactly once. Answers whether it was run: in a workspace that does not use the plugin now, nothing is done.
 * @throws PluginFailedError when the job throws or takes more than 5 minutes, and whatever `stopped` is rejected with, which
 * ends the wait for it; then nothing of it was written.
 */
export async function runJob(
  background: Background,
  { plugin, job }: OwnedJob,
  { workspaceId, payload, queueId }: JobRun,
  stopped: Promise<unknown> = new Promise(() => undefined),
): Promise<boolean> {
  const context = await backgroundContext(background, workspaceId, plugin)
  if (!context) return false
  const checked = checkPayload(job, payload)
  try {
    await runInBackground(context, async (work) => {
      const run = runPart(work, plugin, job.name, RUN_LIMIT_MS, (own) => job.run(checked, own))
      await Promise.race([run, stopped])
      if (queueId === null) return
      const [row] = await work.transaction.query<{ isFinished: boolean }>(
        sql`select rapport_finish_job(${queueId}::bigint) as "isFinished"`,
      )
      if (!row?.isFinished) throw new Error(`${job.name} was done by another worker or removed meanwhile.`)
    })
  } catch (error) {
    await reportRuleFailure(context, job.name, error)
    throw error
  }
  return true
}

/**
 * Runs a job of a loaded plugin in a workspace at once, past the queue: for tests.
 * @throws Error when no loaded plugin has such a job, the workspace does not use the plugin, or the job fails.
 */
export async function runJobNow(
  background: Background,
  workspaceId: string,
  name: string,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const jobs = jobsOf(background.host.loaded)
  const owned = jobs.find(({ job }) => job.name === name)
  if (!owned)
    throw new Error(
      `No loaded plugin has a job ${name}. There are: ${jobs.map(({ job }) => job.name).join(', ') || 'none'}.`,
    )
  const isRun = await runJob(background, owned, { workspaceId, payload, queueId: null })
  if (!isRun) throw new Error(`The workspace ${workspaceId} does not use ${owned.plugin.id}. Enable it first.`)
}
