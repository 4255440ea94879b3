import { Command, InvalidArgumentError } from 'commander'
import type { Logger } from 'pino'
import type { App } from '../../app.ts'
import { requestJobRun } from '../../modules/plugins/request-job.ts'
import type { UserError } from '../../platform/declare/rules/user-errors.ts'
import type { JobRunState } from '../../platform/jobs/read-runs.ts'
import { finishRun } from '../../platform/jobs/run-here.ts'
import { jobsOf } from '../../platform/jobs/run-job.ts'
import { runWrites } from '../../platform/writes/unit-of-work.ts'
import { withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { listenForStop } from '../signals.ts'
import { administratorContext, unknownPluginMessage } from './administrator.ts'
import { type NamedWorkspace, workspaceUsing } from './named-workspace.ts'

interface RunOptions {
  readonly workspace?: string
  readonly payload: unknown
  readonly wait: boolean
}

/** `rapport plugin run` */
export function runCommand(context: CommandContext): Command {
  return new Command('run')
    .description(
      'Run a job of a plugin now in a workspace, and print how it ended. Exits with 1 when it did not succeed.',
    )
    .argument('<id>', 'id of the plugin, as `rapport plugin list` shows it')
    .argument('<job>', 'name of the job, such as courses.remind')
    .option('--workspace <slug>', 'slug or id of the workspace; needed when several workspaces have enabled the plugin')
    .option('--payload <json>', 'object that the job gets, such as \'{"days": 3}\'', parsePayload, {})
    .option('--no-wait', 'enqueue the run and do not wait for it; a server runs it')
    .action(async (id: string, job: string, { workspace: name, payload, wait }: RunOptions) => {
      await withApp(context, 'rapport plugin run', async (app, databaseUrl) => {
        if (!(await app.host.find(id))) throw new CommandError(await unknownPluginMessage(app, id))
        const workspace = await workspaceUsing(app.database.ownerPool, id, name)
        const runId = await requestRun(app, workspace, { pluginId: id, job, payload })
        if (!wait) {
          context.print(`Enqueued run ${runId} of ${job} in ${workspace.slug}. A server runs it.`)
          return
        }
        const run = await waitFor({ app, databaseUrl, log: context.log() }, workspace, job, runId)
        context.print(describeEnd(run, job, workspace.slug, runId))
        if (run?.status !== 'SUCCEEDED') process.exitCode = 1
      })
      endSoon()
    })
}

/** Milliseconds after the end of the command in which code that a job has left behind may still end by itself. */
const LEFT_CODE_MS = 1_000

/**
 * Ends the process also when code of the job still runs: after its time limit or Ctrl-C it is only no longer waited for.
 * When nothing is left, the process ends by itself before.
 */
function endSoon(): void {
  setTimeout(() => process.exit(), LEFT_CODE_MS).unref()
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('It is not valid JSON. Write an object, such as \'{"days": 3}\'.')
  }
}

/**
 * Enqueues a run as an administrator of the workspace, whom the log shows. Returns its id in the queue.
 *
 * @throws CommandError when the workspace does not use the plugin, the plugin has no such job, or the payload does not
 * match the job's schema.
 */
async function requestRun(
  app: App,
  { workspaceId, slug }: NamedWorkspace,
  request: Parameters<typeof requestJobRun>[1],
): Promise<string> {
  const context = await administratorContext(app, workspaceId, slug)
  const { result } = await runWrites(context, (work) => requestJobRun(work, request))
  if (result.runId !== null) return result.runId
  const { pluginId } = request
  if (result.userErrors.some(({ path }) => path?.[1] === 'pluginId'))
    throw new CommandError(
      `${slug} does not use ${pluginId}. \`rapport plugin list\` shows why a plugin is not in use. To enable it: rapport plugin enable ${pluginId} --workspace ${slug}`,
    )
  throw new CommandError(result.userErrors.map(describeUserError).join('\n'))
}

/** Returns the message of a user error, after the path of the wrong value in the payload. */
function describeUserError({ path, message }: UserError): string {
  const [, field, ...rest] = path ?? []
  return field === 'payload' ? `${['payload', ...rest].join('.')}: ${message}` : message
}

interface Running {
  readonly app: App
  readonly databaseUrl: string
  readonly log: Logger
}

/** Runs the run in this process, or waits for the server that has taken it, until it ends or Ctrl-C is pressed. */
async function waitFor(
  { app, databaseUrl, log }: Running,
  { workspaceId }: NamedWorkspace,
  job: string,
  id: string,
): Promise<JobRunState | null> {
  const owned = jobsOf(app.host).find((each) => each.job.name === job)
  if (!owned) throw new Error(`${job} was enqueued, but is not loaded.`)
  const stop = listenForStop()
  try {
    const background = { database: app.database, host: app.host, log }
    return await finishRun(background, databaseUrl, owned, { workspaceId, id, signal: stop.signal })
  } finally {
    stop.release()
  }
}

function describeEnd(run: JobRunState | null, job: string, slug: string, runId: string): string {
  const what = `${job} in ${slug} (run ${runId})`
  if (!run) return `${what} is no longer in the queue: its plugin was removed.`
  const { status, attempts, startedAt, endedAt, nextAttemptAt, error } = run
  const next = nextAttemptAt
    ? `The next attempt is due at ${nextAttemptAt.toISOString()}.`
    : 'There is no further attempt.'
  const duration = startedAt && endedAt ? ` in ${endedAt.getTime() - startedAt.getTime()} ms` : ''
  switch (status) {
    case 'SUCCEEDED':
      return `${what} succeeded${duration}.`
    case 'FAILED':
      return `${what} failed in attempt ${attempts}: ${error}\nNothing was written. ${next}`
    case 'INTERRUPTED':
      return `${what} was interrupted in attempt ${attempts}. Nothing was written. ${next}`
    case 'DROPPED':
      return `${what} was dropped: the workspace does not use the plugin any more.`
    default:
      return `${what} has not ended: it is ${status}. A server runs it.`
  }
}
