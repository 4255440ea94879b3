import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { type Composed, type CoreParts, composePlugins } from '../host/compose-plugins.ts'

/** Compositions that are kept of one core: the last of them, because each takes megabytes. */
const MAX_KEPT = 4

interface Kept {
  readonly plugins: readonly LoadedPlugin[]
  readonly composed: Composed
}

/** Released with the parts of core, which a command that plans or installs plugins reads for itself. */
const keptOf = new WeakMap<CoreParts, Kept[]>()

/**
 * Returns the composition of core with plugins that are all loaded and enabled. Composes each of the last sets once:
 * what is composed to plan a plugin is what the plan of the next plugin begins with.
 * @throws What `composePlugins` throws.
 */
export function composeForPlan(core: CoreParts, plugins: readonly LoadedPlugin[]): Composed {
  const kept = keptOf.get(core) ?? []
  const found = kept.find((entry) => isSameSet(entry.plugins, plugins))
  const composed = found?.composed ?? composePlugins(core, plugins, plugins)
  keptOf.set(core, [{ plugins, composed }, ...kept.filter((entry) => entry !== found)].slice(0, MAX_KEPT))
  return composed
}

/** A plugin is imported once by a process, but the file of its models is read again each time. */
function isSameSet(some: readonly LoadedPlugin[], others: readonly LoadedPlugin[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ plugin, modelSource }, index) => {
      const other = others[index]
      return plugin === other?.plugin && modelText(modelSource) === modelText(other.modelSource)
    })
  )
}

function modelText(source: LoadedPlugin['modelSource']): string {
  return source?.files.map(({ text }) => text).join('\n') ?? ''
}
