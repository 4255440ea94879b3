import type { Models } from '../../data/models/models.ts'
import { unknownPermissions } from '../../registry/unknown-permissions.ts'
import type { LoadedPlugin } from '../../request/loaded-plugin.ts'
import { type ComposablePlugins, type Composed, type CoreParts, composablePlugins } from '../host/compose-plugins.ts'
import { orderPlugins } from '../host/plugin-order.ts'
import { schemaAdditions } from '../host/schema-additions.ts'
import { dependencyIds } from '../host/used-together.ts'
import { changesSince, type SchemaChanges } from '../tables/schema-changes.ts'
import type { InstalledPlugin } from './installed.ts'
import { composeForPlan } from './planned-compositions.ts'

/** What a plugin changes in the GraphQL schema. */
export interface SchemaPlan {
  /** Models of core and all plugins, including this plugin; null when this plugin can't be composed with the others. */
  readonly models: Models | null
  /**
   * Changes of the GraphQL schema since the installed version; everything that the plugin adds when it is not
   * installed. Null when the plugin can't be composed with the others.
   */
  readonly schema: SchemaChanges | null
  /** Additions of the plugin to the GraphQL schema, in SDL; empty when the plugin can't be composed with the others. */
  readonly additions: string
  /** Why the plugin can't be composed with the others, or names what does not exist. */
  readonly problems: readonly string[]
}

/** The plan of a plugin that is not composed, because it has no place in the order of the plugins. */
export const NOT_COMPOSED: SchemaPlan = { models: null, schema: null, additions: '', problems: [] }

/**
 * Composes a plugin with the others: with all of them, with those that don't depend on it, and with its dependencies
 * alone, as in a workspace that uses nothing else. Others that can't be used already before are left out, because the
 * plugin is not to blame for them.
 * @param others The others, and not an installed version of this plugin.
 * @param row Row of the plugin in `installed_plugins`; null when it was never installed.
 */
export async function planSchema(
  core: CoreParts,
  target: LoadedPlugin,
  others: readonly LoadedPlugin[],
  row: InstalledPlugin | null,
): Promise<SchemaPlan> {
  const { id } = target.plugin
  const together = composeWithOthers(core, target, others)
  if ('problem' in together) return { ...NOT_COMPOSED, problems: [together.problem] }
  const { composed, plugins, usableOthers } = together
  const { models } = composed.registry
  const problems = [...unknownPermissions(composed.registry, target.plugin)]
  // Neither of the compared schemas contains plugins that depend on the target, so that what they add is not counted
  // as an addition of the target.
  const baseOrder = orderPlugins(core, usableOthers).ordered
  const targetOrder = orderPlugins(core, [...baseOrder, target]).ordered
  const alone = dependenciesOf(core, target, baseOrder)
  try {
    const after = targetOrder.length === plugins.length ? composed.schema : composeForPlan(core, targetOrder).schema
    const base = composeForPlan(core, baseOrder).schema
    if (alone.length < baseOrder.length) problems.push(...problemsAlone(core, [...alone, target], id))
    const additions = schemaAdditions(base, after)
    const schema = await changesSince(base, row === null || row.state === 'KEPT' ? '' : row.schema, after)
    return { models, schema, additions, problems }
  } catch (error) {
    return { ...NOT_COMPOSED, models, problems: [...problems, reasonOf(error, id)] }
  }
}

interface Together {
  readonly composed: Composed
  /** The target and the others that can be used, each after its dependencies. */
  readonly plugins: readonly LoadedPlugin[]
  readonly usableOthers: readonly LoadedPlugin[]
}

function composeWithOthers(
  core: CoreParts,
  target: LoadedPlugin,
  others: readonly LoadedPlugin[],
): Together | { readonly problem: string } {
  const { id } = target.plugin
  const compose = (usableOthers: readonly LoadedPlugin[]): Together => {
    const plugins = orderPlugins(core, [...usableOthers, target]).ordered
    return { composed: composeForPlan(core, plugins), plugins, usableOthers }
  }
  try {
    return compose(others)
  } catch (error) {
    const refused = refusedAmong(core, orderPlugins(core, others).ordered)
    if (refused.length === 0) return { problem: reasonOf(error, id) }
    const needed = refused.find((other) => dependencyIds(core, target.plugin).includes(other.id))
    if (needed) return { problem: `${id} depends on ${needed.id}, which can't be used: ${needed.reason}` }
    try {
      return compose(others.filter(({ plugin }) => !refused.some((other) => other.id === plugin.id)))
    } catch (withoutRefused) {
      return { problem: reasonOf(withoutRefused, id) }
    }
  }
}

/** Returns the plugins that can't be used, also without the plugin that is planned. Most often there are none. */
function refusedAmong(core: CoreParts, ordered: readonly LoadedPlugin[]): ComposablePlugins['refused'] {
  try {
    composeForPlan(core, ordered)
    return []
  } catch {
    return composablePlugins(core, ordered).refused
  }
}

/** Composes a plugin with its dependencies only. Returns the problem that only then shows, or an empty list. */
function problemsAlone(core: CoreParts, plugins: readonly LoadedPlugin[], id: string): string[] {
  try {
    composeForPlan(core, plugins)
    return []
  } catch (error) {
    return [
      `In a workspace that uses ${id} and, of the other plugins, only those under its \`depends\`: ${reasonOf(error, id)}`,
    ]
  }
}

/** Returns the plugins of `ordered` that a plugin depends on, directly or not, each after its own dependencies. */
function dependenciesOf(core: CoreParts, { plugin }: LoadedPlugin, ordered: readonly LoadedPlugin[]): LoadedPlugin[] {
  const ids = new Set(dependencyIds(core, plugin))
  for (const other of ordered.toReversed())
    if (ids.has(other.plugin.id)) for (const id of dependencyIds(core, other.plugin)) ids.add(id)
  return ordered.filter((other) => ids.has(other.plugin.id))
}

/** Returns the message of an error, with the plugin's id before it unless the message has it already. */
function reasonOf(error: unknown, id: string): string {
  const message = error instanceof Error ? error.message : String(error)
  return new RegExp(`\\b${id}\\b`).test(message) ? message : `${id}: ${message}`
}
