import { uuidv7 } from 'uuidv7'
import { sql } from '../../data/sql.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { invalid, notFound, type UserError } from '../../declare/rules/user-errors.ts'
import { permissionSet } from '../../permissions/grants.ts'
import { type Actor, NO_SCOPE_MEMBERS } from '../../request/actor.ts'
import type { Calendar } from '../../request/calendar.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { startHandlers } from '../background/handler-positions.ts'
import { storedSettings } from './plugin-settings.ts'

/** A workspace's use of a plugin, a row of `plugin_activations`. */
export interface Activation {
  /** uuid */
  readonly id: string
  readonly pluginId: string
  readonly isEnabled: boolean
  /** uuid of the plugin's own actor. */
  readonly actorId: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Names of the secrets that are set. */
  readonly secretNames: readonly string[]
  /** Names of the plugin's rules that the workspace has disabled. */
  readonly disabledRules: readonly string[]
  /** Names of the seeds that were run in the workspace. */
  readonly seeds: readonly string[]
  readonly quarantinedAt: Date | null
  readonly quarantineReason: string | null
  readonly version: number
}

/**
 * Returns all activations (the states of plugins) in the workspace, by plugin id.
 * @param options With `lock`, locks the rows until the transaction ends, for callers that update them.
 */
export async function readActivations(
  work: UnitOfWork,
  options: { readonly lock?: true } = {},
): Promise<Map<string, Activation>> {
  const { transaction } = work
  const rows = await transaction.query<Activation & Record<string, unknown>>(
    sql`select id, plugin_id as "pluginId", is_enabled as "isEnabled", actor_id as "actorId", settings::jsonb as settings,
          array(select jsonb_object_keys(secrets)) as "secretNames", disabled_rules as "disabledRules", seeds,
          quarantined_at as "quarantinedAt", quarantine_reason as "quarantineReason", version
        from plugin_activations where workspace_id = ${transaction.workspaceId}::uuid order by plugin_id ${options.lock ? sql`for update` : sql``}`,
  )
  return new Map(rows.map((row) => [row.pluginId, row]))
}

/** Whether the plugin is enabled and not in quarantine. */
export function isInUse(activation: Activation | undefined): boolean {
  return activation?.isEnabled === true && activation.quarantinedAt === null
}

/**
 * Enables a plugin in the workspace: from the next request on, its types are in the schema and its rules run. Runs
 * the seeds that were not run in the workspace yet, and ends a quarantine. Returns user errors when the plugin can't be
 * enabled, otherwise an empty list.
 */
export async function enablePlugin(work: UnitOfWork, pluginId: string): Promise<readonly UserError[]> {
  const { host } = work.context.runtime
  const plugin = await host.find(pluginId)
  if (!plugin || !(await host.installed()).has(pluginId)) return [unknownPlugin(work, pluginId)]
  const activations = await readActivations(work, { lock: true })
  const loaded = new Set(host.loaded.map((other) => other.plugin.id))
  const missing = Object.keys(plugin.depends ?? {}).filter((id) => loaded.has(id) && !isInUse(activations.get(id)))
  if (missing.length > 0)
    return [
      invalid(
        PATH,
        `${plugin.id} depends on ${missing.join(' and ')}, which this workspace does not use. First enable ${missing.join(' and ')}.`,
      ),
    ]
  const others = [...activations.values()].filter(isInUse).map((activation) => activation.pluginId)
  const unfit = host.outOfUse([...new Set([...others, plugin.id])].sort()).get(plugin.id)
  if (unfit !== undefined) return [invalid(PATH, `${plugin.id} can't be used in this workspace: ${unfit}`)]
  const before = activations.get(plugin.id)
  const activation = before ?? (await insertActivation(work, plugin))
  const seeds = await runSeeds(work, plugin, activation, activations)
  if (!isInUse(before)) await startHandlers(work, plugin)
  await logActivationChange(work, activation, {
    // For clients, a plugin in quarantine is not enabled.
    isEnabled: { from: isInUse(before), to: true },
    ...(seeds.length > 0 ? { seeds: { from: activation.seeds, to: [...activation.seeds, ...seeds] } } : {}),
  })
  await work.transaction.query(
    sql`update plugin_activations set is_enabled = true, strikes = 0, last_strike_at = null, quarantined_at = null,
          quarantine_reason = null, seeds = seeds || ${seeds}::text[]
        where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${activation.id}::uuid`,
  )
  return []
}

/**
 * Disables a plugin in the workspace and keeps its data. Returns user errors when an enabled plugin depends on it, or
 * when no plugin with this id is loaded; otherwise an empty list.
 */
export async function disablePlugin(work: UnitOfWork, pluginId: string): Promise<readonly UserError[]> {
  const { host } = work.context.runtime
  const activations = await readActivations(work, { lock: true })
  const activation = activations.get(pluginId)
  if (!activation) return (await host.find(pluginId)) ? [] : [unknownPlugin(work, pluginId)]
  const dependents = host.loaded
    .filter(({ plugin }) => plugin.depends?.[pluginId] !== undefined && activations.get(plugin.id)?.isEnabled)
    .map(({ plugin }) => plugin.id)
  if (dependents.length > 0)
    return [
      invalid(PATH, `${dependents.join(' and ')} depends on ${pluginId}. First disable ${dependents.join(' and ')}.`),
    ]
  if (!activation.isEnabled) return []
  await logActivationChange(work, activation, { isEnabled: { from: true, to: false } })
  await work.transaction.query(
    sql`update plugin_activations set is_enabled = false
        where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${activation.id}::uuid`,
  )
  return []
}

/** Parameters of `pluginActor`. */
export interface PluginActorOptions {
  readonly workspaceId: string
  readonly calendar: Calendar
  /** uuid of the plugin's own actor. */
  readonly actorId: string
  /** Ids of all plugins that the workspace uses, sorted. */
  readonly plugins: readonly string[]
  /** Names of all rules, of any plugin, that the workspace has disabled. */
  readonly disabledRules: readonly string[]
  /** Settings of the plugins that the workspace uses, by plugin id. */
  readonly settings: Actor['pluginSettings']
}

/** Returns the plugin's own actor in a workspace, with the permissions that its manifest names. */
export function pluginActor(
  plugin: Pick<Plugin, 'id' | 'permissions'>,
  { workspaceId, calendar, actorId, plugins, disabledRules, settings }: PluginActorOptions,
): Actor {
  return {
    id: actorId,
    kind: 'PLUGIN',
    displayName: plugin.id,
    workspaceId,
    calendar,
    roles: [],
    roleIds: [],
    scopeMembers: { ...NO_SCOPE_MEMBERS },
    rightsVersion: '',
    permissions: permissionSet(plugin.permissions ?? []),
    plugins,
    disabledRules: new Set(disabledRules),
    pluginSettings: settings,
    pluginsVersion: '',
    sessionId: null,
    identityProviderId: null,
    keyId: null,
    expiresAt: null,
  }
}

/**
 * Adds the change of an activation to the log, as an update of the record `Plugin`, and increments the activation's
 * version. Does not write the changed columns: the caller writes them.
 */
export async function logActivationChange(
  work: UnitOfWork,
  activation: Activation,
  changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>,
): Promise<void> {
  const version = activation.version + 1
  await work.transaction.query(
    sql`update plugin_activations set version = ${version}::int, updated_at = ${work.now}::timestamptz
        where workspace_id = ${work.transaction.workspaceId}::uuid and id = ${activation.id}::uuid`,
  )
  work.log.push({ operation: 'UPDATED', type: 'Plugin', recordId: activation.id, version, changes })
}

/** Milliseconds that one seed may take. */
const SEED_BUDGET_MS = 10_000
const PATH = ['input', 'pluginId']

function unknownPlugin(work: UnitOfWork, pluginId: string): UserError {
  const unavailable = work.context.runtime.host.unavailable.find(({ id }) => id === pluginId)
  return unavailable ? invalid(PATH, `${pluginId} can't be used: ${unavailable.reason}`) : notFound(PATH, 'The plugin')
}

async function insertActivation(work: UnitOfWork, plugin: Plugin): Promise<Activation> {
  const { transaction } = work
  const [id, actorId] = [uuidv7(), uuidv7()]
  await transaction.query(
    sql`insert into actors (workspace_id, id, kind, display_name)
        values (${transaction.workspaceId}::uuid, ${actorId}::uuid, 'PLUGIN', ${plugin.id})`,
  )
  await transaction.query(
    sql`insert into plugin_activations (workspace_id, id, plugin_id, actor_id, disabled_rules, seeds)
        values (${transaction.workspaceId}::uuid, ${id}::uuid, ${plugin.id}, ${actorId}::uuid, '{}', '{}')`,
  )
  return {
    id,
    pluginId: plugin.id,
    isEnabled: false,
    actorId,
    settings: {},
    secretNames: [],
    disabledRules: [],
    seeds: [],
    quarantinedAt: null,
    quarantineReason: null,
    version: 0,
  }
}

/**
 * Runs the seeds that were not run in the workspace yet, and returns their names. The seeds write as the plugin's own
 * actor, with the schema and rules that apply once the plugin is enabled.
 */
async function runSeeds(
  work: UnitOfWork,
  plugin: Plugin,
  activation: Activation,
  activations: ReadonlyMap<string, Activation>,
): Promise<string[]> {
  const missing = (plugin.seeds ?? []).filter(({ name }) => !activation.seeds.includes(name))
  if (missing.length === 0) return []
  const { context } = work
  const inUse = [...activations.values()].filter(isInUse).map(({ pluginId }) => pluginId)
  const plugins = [...new Set([...inUse, plugin.id])].sort()
  const runtime = context.runtime.host.runtimeFor(plugins)
  const actor = pluginActor(plugin, {
    workspaceId: work.transaction.workspaceId,
    calendar: context.actor.calendar,
    actorId: activation.actorId,
    plugins,
    disabledRules: [...activations.values()].flatMap(({ disabledRules }) => disabledRules),
    settings: await storedSettings(
      runtime.database,
      new Map(plugins.map((id) => [id, activations.get(id)?.settings ?? {}])),
    ),
  })
  const seedWork: UnitOfWork = { ...work, context: { ...context, runtime, actor } }
  for (const seed of missing)
    await runPart(seedWork, plugin, `${plugin.id}.${seed.name}`, SEED_BUDGET_MS, (pluginContext) =>
      seed.run(pluginContext),
    )
  return missing.map(({ name }) => name)
}
