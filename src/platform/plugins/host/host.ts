import type { PluginHost, Runtime } from '../../request/context.ts'
import type { LoadedPlugin, UnavailablePlugin } from '../../request/loaded-plugin.ts'
import { type Composed, type CoreParts, composeSet, fittingPlugins } from './compose-plugins.ts'
import { usedTogether } from './used-together.ts'

/** What there is to be used, as the installation has it now. */
export interface PluginSupply {
  readonly usable: readonly LoadedPlugin[]
  readonly refused: readonly UnavailablePlugin[]
}

/** Everything of a Runtime but what depends on the set of plugins. */
export type SharedRuntime = Omit<Runtime, 'registry' | 'schema' | 'host' | 'pluginIds'>

// A workspace's set is composed when first asked for; each holds some megabytes.
const MAX_COMPOSITIONS = 100
const LOOK_AGAIN_MS = 5_000

/** Opens the host with what `supply` finds. A plugin that does not fit is left out; core alone has to compose. */
export async function openPluginHost(
  core: CoreParts,
  shared: SharedRuntime,
  supply: () => Promise<PluginSupply>,
  onRefused: (plugin: UnavailablePlugin) => void,
): Promise<PluginHost> {
  let loaded: readonly LoadedPlugin[] = []
  let everything: Composed
  let unavailable: readonly UnavailablePlugin[] = []
  const runtimes = new Map<string, Runtime>()
  const lookedFor = new Map<string, number>()

  const refresh = async () => {
    const found = await supply()
    const fitting = fittingPlugins(core, found.usable)
    const misfits = fitting.refused.map(({ id, reason }) => {
      const source = found.usable.find(({ plugin }) => plugin.id === id)?.source ?? id
      return { source, id, reason }
    })
    const told = new Set(unavailable.map(({ source, reason }) => `${source} ${reason}`))
    everything = fitting.composed
    loaded = fitting.plugins
    unavailable = [...found.refused, ...misfits]
    for (const each of unavailable) if (!told.has(`${each.source} ${each.reason}`)) onRefused(each)
    runtimes.clear()
  }

  const isKnown = (id: string) =>
    loaded.some(({ plugin }) => plugin.id === id) || (lookedFor.get(id) ?? 0) > Date.now() - LOOK_AGAIN_MS

  const lookFor = async (ids: readonly string[]) => {
    const unknown = ids.filter((id) => !isKnown(id))
    if (unknown.length === 0) return
    for (const id of unknown) lookedFor.set(id, Date.now())
    await refresh()
  }

  const installed = async () => {
    const { rows } = await shared.database.ownerPool.query<{ id: string }>(
      `select id from installed_plugins where state = 'INSTALLED'`,
    )
    return new Set(rows.map(({ id }) => id))
  }

  const composed = (enabled: readonly LoadedPlugin[]): Composed =>
    enabled.length === loaded.length ? everything : composeSet(core, everything.registry.models, enabled)

  const runtimeFor = (pluginIds: readonly string[]): Runtime => {
    const { used: enabled } = usedTogether(core, loaded, pluginIds)
    const ids = enabled.map(({ plugin }) => plugin.id)
    const key = ids.join(' ')
    const known = runtimes.get(key)
    // Used last, evicted last.
    runtimes.delete(key)
    const runtime = known ?? { ...shared, ...composed(enabled), host, pluginIds: ids }
    runtimes.set(key, runtime)
    const [oldest] = runtimes.keys()
    if (runtimes.size > MAX_COMPOSITIONS && oldest !== undefined) runtimes.delete(oldest)
    return runtime
  }

  const host: PluginHost = {
    get loaded() {
      return loaded
    },
    get unavailable() {
      return unavailable
    },
    installed,
    async find(id) {
      // An administrator asks for it by name: it may have been installed a moment ago, or removed.
      const isLoaded = loaded.some(({ plugin }) => plugin.id === id)
      if (isLoaded !== (await installed()).has(id)) await refresh()
      return loaded.find(({ plugin }) => plugin.id === id)?.plugin ?? null
    },
    runtimeFor,
    outOfUse: (pluginIds) => usedTogether(core, loaded, pluginIds).outOfUse,
    async runtimeOf({ plugins }) {
      if (!plugins.every(isKnown)) await lookFor(plugins)
      return runtimeFor(plugins)
    },
  }
  await refresh()
  return host
}
