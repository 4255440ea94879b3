import { isDeepStrictEqual } from 'node:util'
import type { Models } from '../../data/models/models.ts'
import type { PluginHost, Runtime } from '../../request/context.ts'
import type { LoadedPlugin, UnavailablePlugin } from '../../request/loaded-plugin.ts'
import { loadSqlParser } from '../statements/sql-parser.ts'
import {
  type ComposablePlugins,
  type Composed,
  type CoreParts,
  composablePlugins,
  composableSet,
} from './compose-plugins.ts'
import { pluginsInUse } from './used-together.ts'

/** The plugins of an installation that a server can use now, and those that it can't use with the reasons. */
export interface PluginSupply {
  readonly usable: readonly LoadedPlugin[]
  readonly refused: readonly UnavailablePlugin[]
}

/** The properties of a Runtime (what requests run with) that do not depend on the set of plugins. */
export type SharedRuntime = Omit<Runtime, 'registry' | 'schema' | 'host' | 'pluginIds'>

/** The runtime for a set of plugins, without those of the set that can't be composed with the others. */
interface SetComposition {
  readonly runtime: Runtime
  readonly refused: ComposablePlugins['refused']
}

/**
 * Maximum number of cached compositions, one for each set of plugins that a workspace uses. Each takes some megabytes.
 */
const MAX_COMPOSITIONS = 100
/** Milliseconds before the plugins of the installation are read again for a plugin that was not among them. */
const REFRESH_INTERVAL_MS = 5_000

/**
 * Opens the plugin host, which returns the runtime (registry and schema) for each set of plugins. A plugin that can't
 * be composed with the others is not loaded.
 * @param supply Returns the plugins of the installation. Called again when another plugin may have been installed.
 * @param onRefused Called for each plugin that can't be used, and again only when the reason changes.
 * @param prepare Loads what the first use of the models would wait for. Called before plugins that were loaded are used.
 * @param onModels Called with models that will probably be used, while the schema is still being built.
 * @throws CompositionError when core alone can't be composed.
 */
export async function openPluginHost(
  core: CoreParts,
  shared: SharedRuntime,
  supply: () => Promise<PluginSupply>,
  onRefused: (plugin: UnavailablePlugin) => void,
  prepare: (models: Models) => Promise<void>,
  onModels: (models: Models) => void,
): Promise<PluginHost> {
  let loaded: readonly LoadedPlugin[] = []
  let allComposed: Composed
  let unavailable: readonly UnavailablePlugin[] = []
  /** What was composed last; null before the first composition. */
  let composedFrom: PluginSupply | null = null
  /** By the ids of the plugins, for each set of plugins that a workspace uses. */
  const compositions = new Map<string, SetComposition>()
  const searchedAt = new Map<string, number>()
  /** The plugins that were reported with their reasons, since the last refresh or before it and still refused. */
  let reported = new Set<string>()
  const keyOf = ({ source, reason }: UnavailablePlugin) => `${source} ${reason}`
  const report = (plugin: UnavailablePlugin) => {
    if (!reported.has(keyOf(plugin))) onRefused(plugin)
    reported.add(keyOf(plugin))
  }

  const refresh = async () => {
    const supplied = await supply()
    // Requests of a workspace ask again for a plugin that can't be used, and a composition stops this process for a second.
    if (isDeepStrictEqual(supplied, composedFrom)) return
    if (supplied.usable.length > 0) await loadSqlParser()
    const composable = composablePlugins(core, supplied.usable, onModels)
    await prepare(composable.composed.registry.models)
    allComposed = composable.composed
    composedFrom = supplied
    loaded = composable.plugins
    unavailable = [...supplied.refused, ...composable.refused]
    const known = reported
    reported = new Set(unavailable.map(keyOf).filter((key) => known.has(key)))
    for (const plugin of unavailable) report(plugin)
    compositions.clear()
  }

  const isLoadedOrSearched = (id: string) =>
    loaded.some(({ plugin }) => plugin.id === id) || (searchedAt.get(id) ?? 0) > Date.now() - REFRESH_INTERVAL_MS

  const loadMissing = async (ids: readonly string[]) => {
    const missing = ids.filter((id) => !isLoadedOrSearched(id))
    if (missing.length === 0) return
    for (const id of missing) searchedAt.set(id, Date.now())
    await refresh()
  }

  const installed = async () => {
    const { rows } = await shared.database.ownerPool.query<{ id: string }>(
      `select id from installed_plugins where state = 'INSTALLED'`,
    )
    return new Set(rows.map(({ id }) => id))
  }

  const composeEnabled = (enabled: readonly LoadedPlugin[]): ComposablePlugins => {
    if (enabled.length === loaded.length) return { plugins: enabled, refused: [], composed: allComposed }
    const composable = composableSet(core, allComposed.registry.models, enabled)
    for (const plugin of composable.refused) report(plugin)
    return composable
  }

  const compositionOf = (enabled: readonly LoadedPlugin[]): SetComposition => {
    const key = enabled.map(({ plugin }) => plugin.id).join(' ')
    const cached = compositions.get(key)
    // Deleted and added again, so that the map is in the order of last use and its first key can be evicted.
    compositions.delete(key)
    const composition = cached ?? compose(enabled)
    compositions.set(key, composition)
    const [oldest] = compositions.keys()
    if (compositions.size > MAX_COMPOSITIONS && oldest !== undefined) compositions.delete(oldest)
    return composition
  }

  const compose = (enabled: readonly LoadedPlugin[]): SetComposition => {
    const { plugins, refused, composed } = composeEnabled(enabled)
    const pluginIds = plugins.map(({ plugin }) => plugin.id)
    return { runtime: { ...shared, ...composed, host, pluginIds }, refused }
  }

  const runtimeFor = (pluginIds: readonly string[]): Runtime =>
    compositionOf(pluginsInUse(core, loaded, pluginIds).used).runtime

  const host: PluginHost = {
    modules: core.plugins,
    get loaded() {
      return loaded
    },
    get unavailable() {
      return unavailable
    },
    installed,
    async find(id) {
      // `find` is called when an administrator names a plugin, which may have been installed or removed just now. So
      // the database is read each time, and the plugins are loaded again when it differs from what is loaded.
      const isLoaded = loaded.some(({ plugin }) => plugin.id === id)
      if (isLoaded !== (await installed()).has(id)) await refresh()
      return loaded.find(({ plugin }) => plugin.id === id)?.plugin ?? null
    },
    runtimeFor,
    outOfUse(pluginIds) {
      const { used, outOfUse } = pluginsInUse(core, loaded, pluginIds)
      return new Map([...outOfUse, ...compositionOf(used).refused.map(({ id, reason }) => [id, reason] as const)])
    },
    async runtimeOf({ plugins }) {
      if (!plugins.every(isLoadedOrSearched)) await loadMissing(plugins)
      return runtimeFor(plugins)
    },
  }
  await refresh()
  return host
}
