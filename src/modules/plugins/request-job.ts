import { sql } from '../../platform/data/sql.ts'
import { invalid, notFound, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { payloadProblems } from '../../platform/jobs/payload.ts'
import {
  type Activation,
  isInUse,
  logActivationChange,
  readActivations,
} from '../../platform/plugins/host/activation.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'

/** A run of a job that an administrator requests. */
export interface JobRequest {
  readonly pluginId: string
  /** Name of the job, such as `courses.remind`. */
  readonly job: string
  readonly payload: unknown
}

/** Id of the requested or retried run in the queue, with its plugin and job; user errors when there is none. */
export type JobRequestResult =
  | { readonly runId: string; readonly pluginId: string; readonly job: string; readonly userErrors: readonly [] }
  | { readonly runId: null; readonly userErrors: readonly UserError[] }

const NOT_DIGITS = /\D/
/** Digits that a bigint of PostgreSQL can hold in any case. */
const MAX_DIGITS = 18

/** Enqueues a run of a job in the workspace, and logs it as a change of the plugin. */
export async function requestJobRun(work: UnitOfWork, request: JobRequest): Promise<JobRequestResult> {
  const { host, jobs } = work.context.runtime
  const plugin = await host.find(request.pluginId)
  if (!plugin) return refuse(notFound(['input', 'pluginId'], `The plugin ${request.pluginId}`))
  const activations = await readActivations(work, { lock: true })
  const activation = activations.get(plugin.id)
  if (!activation || !isUsed(work, activations, plugin.id))
    return refuse(
      invalid(
        ['input', 'pluginId'],
        `This workspace does not use ${plugin.id}. \`plugins { status reason }\` says why; enable it with \`enablePlugin\`.`,
      ),
    )
  const job = plugin.jobs?.find(({ name }) => name === request.job)
  if (!job) {
    const names = (plugin.jobs ?? []).map(({ name }) => name).join(', ') || 'none'
    return refuse(notFound(['input', 'job'], `The job ${request.job} of ${plugin.id} (its jobs: ${names})`))
  }
  const { payload } = request
  const problems = payloadProblems(job, payload)
  if (problems.length > 0 || !isObject(payload))
    return refuse(...problems.map(({ path, message }) => invalid(['input', 'payload', ...path], message)))
  if (!jobs) throw new Error(`${job.name} can't be enqueued: this process has no job queue.`)
  const runId = await jobs.enqueue(work.transaction, job, payload)
  await logActivationChange(work, activation, {
    [`jobs.${job.name}`]: { from: null, to: { runId, status: 'WAITING' } },
  })
  return { runId, pluginId: plugin.id, job: job.name, userErrors: [] }
}

/**
 * Makes the next attempt of a failed run due now, and logs it as a change of the plugin. A refusal after that logs nothing,
 * so the transaction is rolled back and the run stays as it was.
 */
export async function retryJobRun(work: UnitOfWork, runId: string): Promise<JobRequestResult> {
  const path = ['input', 'runId']
  const unknown = () => refuse(notFound(path, 'A failed run with this id'))
  if (runId === '' || NOT_DIGITS.test(runId) || runId.length > MAX_DIGITS) return unknown()
  const activations = await readActivations(work, { lock: true })
  const [retried] = await work.transaction.query<{ job: string; isRetried: boolean }>(
    sql`select job, "isRetried" from rapport_retry_job(${runId}::bigint)`,
  )
  const { host } = work.context.runtime
  const plugin = host.loaded.find((each) => each.plugin.jobs?.some(({ name }) => name === retried?.job))?.plugin
  const activation = plugin && activations.get(plugin.id)
  if (!retried || !plugin || !activation) return unknown()
  if (!retried.isRetried)
    return refuse(invalid(path, 'The run has not failed: it runs now, or waits for its first attempt.'))
  if (!isUsed(work, activations, plugin.id))
    return refuse(
      invalid(path, `This workspace does not use ${plugin.id}, so the run would be dropped. Enable it first.`),
    )
  await logActivationChange(work, activation, {
    [`jobs.${retried.job}`]: { from: { runId, status: 'FAILED' }, to: { runId, status: 'WAITING' } },
  })
  return { runId, pluginId: plugin.id, job: retried.job, userErrors: [] }
}

/** Whether the workspace uses the plugin, and every plugin on which it depends. */
function isUsed(work: UnitOfWork, activations: ReadonlyMap<string, Activation>, pluginId: string): boolean {
  const inUse = [...activations.values()].filter(isInUse).map((activation) => activation.pluginId)
  return inUse.includes(pluginId) && !work.context.runtime.host.outOfUse(inUse).has(pluginId)
}

function refuse(...userErrors: readonly UserError[]): JobRequestResult {
  return { runId: null, userErrors }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
