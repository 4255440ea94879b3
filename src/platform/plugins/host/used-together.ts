import type { Plugin } from '../../declare/plugin.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from './compose-plugins.ts'

/** The enabled plugins of a workspace, divided into those in use and the others. */
export interface PluginsInUse {
  /** Plugins in use, in the order of `loaded`. */
  readonly used: readonly LoadedPlugin[]
  /** For each other enabled plugin, by its id, which of the plugins that it depends on are not in use. */
  readonly outOfUse: ReadonlyMap<string, string>
}

/** Returns the ids of the plugins that a plugin depends on, without core's modules, which are always in use. */
export function dependencyIds(core: Pick<CoreParts, 'plugins'>, { depends = {} }: Plugin): string[] {
  return Object.keys(depends).filter((id) => !core.plugins.some((module) => module.id === id))
}

/**
 * Returns which of the enabled plugins are in use in a workspace: those whose dependencies are all in use.
 * @param loaded Loaded plugins, each after its dependencies.
 * @param enabledIds Ids of the enabled plugins. Plugins that are not loaded are ignored.
 */
export function pluginsInUse(
  core: Pick<CoreParts, 'plugins'>,
  loaded: readonly LoadedPlugin[],
  enabledIds: Iterable<string>,
): PluginsInUse {
  const enabled = new Set(enabledIds)
  const used: LoadedPlugin[] = []
  const outOfUse = new Map<string, string>()
  for (const candidate of loaded.filter(({ plugin }) => enabled.has(plugin.id))) {
    const missing = dependencyIds(core, candidate.plugin).filter((id) => !used.some(({ plugin }) => plugin.id === id))
    if (missing.length === 0) used.push(candidate)
    else outOfUse.set(candidate.plugin.id, missing.map((id) => outOfUseReason(id, enabled)).join(' '))
  }
  return { used, outOfUse }
}

function outOfUseReason(id: string, enabled: ReadonlySet<string>): string {
  return enabled.has(id)
    ? `It depends on ${id}, which is not in use in this workspace either.`
    : `It depends on ${id}, which this workspace does not use. Enable ${id}.`
}
