import { z } from 'zod'
import { awaitAll } from '../../platform/async/await-all.ts'
import { sql } from '../../platform/data/sql.ts'
import type { Plugin } from '../../platform/declare/plugin.ts'
import { type JobRuns, readJobRuns } from '../../platform/jobs/read-runs.ts'
import { type Activation, isInUse, readActivations } from '../../platform/plugins/host/activation.ts'
import type { Registry } from '../../platform/registry/object-type.ts'
import type { UnitOfWork } from '../../platform/request/context.ts'
import { describeJobs } from './describe-jobs.ts'
import { describeRules } from './describe-rules.ts'

type Description = Readonly<Record<string, unknown>>

interface HandlerState extends Record<string, unknown> {
  readonly name: string
  readonly attempts: number
  readonly retryAt: Date | null
  readonly lastError: string | null
  readonly deadLetterCount: number
}

/** Returns the installation's plugins with their state in the workspace, as values of the GraphQL type `Plugin`. */
export async function describePlugins(work: UnitOfWork): Promise<Description[]> {
  const { host } = work.context.runtime
  const jobs = host.loaded.flatMap(({ plugin }) => (plugin.jobs ?? []).map(({ name }) => name))
  const [activations, handlers, runs] = await awaitAll([
    readActivations(work),
    readHandlers(work),
    readJobRuns(work.transaction, jobs),
  ])
  // A plugin that was removed after this process had started is still loaded, but not listed.
  const installed = await host.installed()
  // The registry with all loaded plugins, because the rules of plugins that the workspace does not use are listed too.
  const completeRegistry = host.runtimeFor(host.loaded.map(({ plugin }) => plugin.id)).registry
  const inUse = [...activations.values()].filter(isInUse).map(({ pluginId }) => pluginId)
  const outOfUse = host.outOfUse(inUse)
  const loaded = host.loaded
    .filter(({ plugin }) => installed.has(plugin.id))
    .map(({ plugin }) =>
      describe(completeRegistry, plugin, {
        activation: activations.get(plugin.id),
        handlers,
        runs,
        now: work.now,
        unavailableReason: outOfUse.get(plugin.id),
      }),
    )
  const missing = host.unavailable.flatMap(({ id, reason }) =>
    id === null ? [] : [describeUnavailable(id, reason, activations.get(id))],
  )
  return [...loaded, ...missing]
}

/** Returns one plugin in the form of `describePlugins`, or null when it is not listed. */
export async function describePlugin(work: UnitOfWork, id: string): Promise<Description | null> {
  return (await describePlugins(work)).find((each) => each['id'] === id) ?? null
}

/** State of a plugin and its parts in a workspace. */
interface PluginState {
  readonly activation: Activation | undefined
  /** Handlers of all plugins, by name. */
  readonly handlers: ReadonlyMap<string, HandlerState>
  /** Runs of all plugins' jobs, by name of the job. */
  readonly runs: ReadonlyMap<string, JobRuns>
  readonly now: Date
  /** Undefined for a plugin that can be used. */
  readonly unavailableReason: string | undefined
}

function describe(completeRegistry: Registry, plugin: Plugin, state: PluginState): Description {
  const { activation, handlers, unavailableReason } = state
  const schema = plugin.settings?.workspace
  const isUsed = isInUse(activation) && unavailableReason === undefined
  const isQuarantined = activation?.isEnabled === true && activation.quarantinedAt !== null
  return {
    id: plugin.id,
    description: plugin.description,
    version: plugin.version,
    isEnabled: isUsed,
    status: statusOf(activation, unavailableReason),
    reason: isQuarantined ? activation.quarantineReason : (unavailableReason ?? null),
    depends: Object.keys(plugin.depends ?? {}),
    permissions: plugin.permissions ?? [],
    reads: plugin.reads ?? [],
    settings: schema ? (schema.safeParse(activation?.settings ?? {}).data ?? activation?.settings) : {},
    settingsSchema: schema ? z.toJSONSchema(schema, { io: 'input' }) : null,
    secrets: Object.entries(plugin.settings?.secrets ?? {}).map(([name, description]) => ({
      name,
      description,
      isSet: activation?.secretNames.includes(name) ?? false,
    })),
    rules: describeRules(completeRegistry, plugin, activation),
    handlers: (plugin.handlers ?? []).map(({ name, description }) => ({
      name,
      description,
      attempts: handlers.get(name)?.attempts ?? 0,
      retryAt: handlers.get(name)?.retryAt ?? null,
      lastError: handlers.get(name)?.lastError ?? null,
      deadLetterCount: handlers.get(name)?.deadLetterCount ?? 0,
    })),
    jobs: describeJobs(plugin, isUsed, state.runs, state.now),
  }
}

/** Returns the value of the enum `PluginStatus`. `unavailableReason` is undefined for a plugin that can be used. */
function statusOf(activation: Activation | undefined, unavailableReason: string | undefined): string {
  if (unavailableReason !== undefined) return 'UNAVAILABLE'
  if (isInUse(activation)) return 'ENABLED'
  return activation?.isEnabled ? 'QUARANTINED' : 'DISABLED'
}

/** Describes a plugin that the server can't use. The fields that its manifest would fill are empty. */
function describeUnavailable(id: string, reason: string, activation: Activation | undefined): Description {
  return {
    id,
    description: "The server can't use this plugin.",
    version: null,
    isEnabled: false,
    status: activation?.isEnabled ? 'UNAVAILABLE' : 'DISABLED',
    reason,
    depends: [],
    permissions: [],
    reads: [],
    settings: activation?.settings ?? {},
    settingsSchema: null,
    secrets: [],
    rules: [],
    handlers: [],
    jobs: [],
  }
}

async function readHandlers({ transaction }: UnitOfWork): Promise<Map<string, HandlerState>> {
  const rows = await transaction.query<HandlerState>(
    sql`select h.name, h.attempts, h.retry_at as "retryAt", h.last_error as "lastError",
          (select count(*)::int from plugin_dead_letters d where d.workspace_id = h.workspace_id and d.handler = h.name) as "deadLetterCount"
        from plugin_handlers h where h.workspace_id = ${transaction.workspaceId}::uuid`,
  )
  return new Map(rows.map((row) => [row.name, row]))
}
