import type { Plugin } from '../../declare/plugin.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import type { CoreParts } from './compose-plugins.ts'

/** What becomes of the plugins that a workspace has enabled. */
export interface UsedTogether {
  /** Those that it uses, in the order of the list. */
  readonly used: readonly LoadedPlugin[]
  /** Why it does without the others, by id: what they build on is not used there. */
  readonly outOfUse: ReadonlyMap<string, string>
}

/** Ids of the plugins that a plugin builds on; parts of core, which are always there, left out. */
export function buildsOn(core: Pick<CoreParts, 'plugins'>, { depends = {} }: Plugin): string[] {
  return Object.keys(depends).filter((id) => !core.plugins.some((own) => own.id === id))
}

/**
 * Which of the plugins of those ids a workspace uses: each that has all that it builds on. `loaded` has each after those it
 * depends on; ids of plugins that are not loaded are passed over.
 */
export function usedTogether(
  core: Pick<CoreParts, 'plugins'>,
  loaded: readonly LoadedPlugin[],
  enabledIds: Iterable<string>,
): UsedTogether {
  const enabled = new Set(enabledIds)
  const used: LoadedPlugin[] = []
  const outOfUse = new Map<string, string>()
  for (const each of loaded.filter(({ plugin }) => enabled.has(plugin.id))) {
    const missing = buildsOn(core, each.plugin).filter((id) => !used.some(({ plugin }) => plugin.id === id))
    if (missing.length === 0) used.push(each)
    else outOfUse.set(each.plugin.id, missing.map((id) => whyWithout(id, enabled)).join(' '))
  }
  return { used, outOfUse }
}

function whyWithout(id: string, enabled: ReadonlySet<string>): string {
  return enabled.has(id)
    ? `It builds on ${id}, which is out of use in this workspace itself.`
    : `It builds on ${id}, which this workspace does not use. Enable ${id}.`
}
