import { awaitAll } from '../async/await-all.ts'
import { sql } from '../data/sql.ts'
import type { Job } from '../declare/job.ts'
import type { Plugin } from '../declare/plugin.ts'
import {
  type Background,
  backgroundContext,
  reportRuleFailure,
  runInBackground,
} from '../plugins/background/background.ts'
import { moduleContext } from '../plugins/background/module-context.ts'
import { runPart } from '../sandbox/run-part.ts'
import { checkPayload } from './payload.ts'
import { recordSuccess, type TakenRun } from './run-outcomes.ts'

/** Milliseconds that one run of a job may take. */
const RUN_LIMIT_MS = 300_000

/** A job and the plugin that declares it. */
export interface OwnedJob {
  readonly plugin: Plugin
  readonly job: Job
}

/** One run of a job in a workspace. */
export interface JobRun {
  readonly workspaceId: string
  readonly payload: unknown
  /** Whether a handler requested the run, see `RequestContext`. Default: false. */
  readonly byHandler?: boolean
  /** The attempt of the run in the queue; null for a run without the queue, as in tests. */
  readonly taken: TakenRun | null
}

/** Returns all jobs of the modules of core and of the loaded plugins, each with its module or plugin. */
export function jobsOf({ modules, loaded }: Background['host']): OwnedJob[] {
  return [...modules, ...loaded.map(({ plugin }) => plugin)].flatMap((plugin) =>
    (plugin.jobs ?? []).map((job) => ({ plugin, job })),
  )
}

/**
 * Runs a job once, with its plugin or module as the actor, which has the permissions that its manifest names. The job's writes, its removal from the queue and the record of its
 * success are one transaction, so that the writes of one run are never committed twice.
 * @param stopped A promise that rejects when the worker shuts down. The job is then rolled back.
 * @returns True when the job was run; false when the workspace does not use the plugin now.
 * @throws PluginFailedError when the job throws or takes more than 5 minutes; Error when the payload is not valid, or
 * another worker has finished or removed the job; and the reason with which `stopped` rejects. In all these cases
 * nothing was written.
 */
export async function runJob(
  background: Background,
  { plugin, job }: OwnedJob,
  { workspaceId, payload, byHandler = false, taken }: JobRun,
  stopped: Promise<unknown> = new Promise(() => undefined),
): Promise<boolean> {
  const context = plugin.isCore
    ? await moduleContext(background, workspaceId, plugin)
    : await backgroundContext(background, workspaceId, plugin)
  if (!context) return false
  const checkedPayload = checkPayload(job, payload)
  try {
    await runInBackground({ ...context, byHandler }, async (work) => {
      const run = runPart(work, plugin, job.name, RUN_LIMIT_MS, (pluginContext) =>
        job.run(checkedPayload, pluginContext),
      )
      await Promise.race([run, stopped])
      if (taken === null) return
      const [[row]] = await awaitAll([
        work.transaction.query<{ isFinished: boolean }>(
          sql`select rapport_finish_job(${taken.queueId}::bigint) as "isFinished"`,
        ),
        recordSuccess(work.transaction, job.name, taken),
      ])
      // The error rolls the transaction back: the job's writes must not be committed a second time, or after its plugin
      // was removed.
      if (!row?.isFinished)
        throw new Error(`${job.name} was finished by another worker, or was removed from the queue.`)
    })
  } catch (error) {
    await reportRuleFailure(context, job.name, error)
    throw error
  }
  return true
}

/**
 * Runs a job in a workspace immediately, without the queue. For tests.
 * @param stopped See `runJob`.
 * @throws Error when neither core nor a loaded plugin has a job of this name, the workspace does not use the plugin, or the job fails.
 */
export async function runJobNow(
  background: Background,
  workspaceId: string,
  name: string,
  payload: Readonly<Record<string, unknown>> = {},
  stopped?: Promise<unknown>,
): Promise<void> {
  const jobs = jobsOf(background.host)
  const owned = jobs.find(({ job }) => job.name === name)
  if (!owned)
    throw new Error(`There is no job ${name}. The jobs are: ${jobs.map(({ job }) => job.name).join(', ') || 'none'}.`)
  const isRun = await runJob(background, owned, { workspaceId, payload, taken: null }, stopped)
  if (!isRun) throw new Error(`The workspace ${workspaceId} does not use ${owned.plugin.id}. Enable it first.`)
}
