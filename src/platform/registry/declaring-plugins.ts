import { CORE } from '../data/models/model-declarations.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'

export { CORE }

/** The plugins that are composed together. A `Registry` has this shape. */
export interface DeclaredPlugins {
  readonly plugins: readonly Plugin[]
}

/**
 * Returns the owner of what a plugin declares: `core` for a module of core and for `platform` (the id on fields that
 * the platform itself adds, such as `history`), otherwise the plugin's id.
 */
export function ownerIn({ plugins }: DeclaredPlugins, plugin: string): string {
  return plugin === 'platform' || plugins.find(({ id }) => id === plugin)?.isCore ? CORE : plugin
}

/**
 * Checks that a plugin may refer to something that another plugin declares: the other plugin has to be the same plugin,
 * a module of core, or a dependency.
 * @param plugin Id of the plugin that refers to it.
 * @param other Id of the plugin that declares it.
 * @param what What is referred to, for the message, such as `the table accounts`.
 * @throws CompositionError when the plugin does not depend on the other plugin.
 */
export function requireDependency(declared: DeclaredPlugins, plugin: string, other: string, what: string): void {
  const [pluginId, owner] = [ownerIn(declared, plugin), ownerIn(declared, other)]
  if (pluginId === owner || owner === CORE) return
  const depends = declared.plugins.find(({ id }) => id === plugin)?.depends ?? {}
  if (Object.hasOwn(depends, owner)) return
  throw new CompositionError(
    `${plugin} refers to ${what} of ${owner}, on which it does not depend. Name ${owner} under depends, with the range of its versions.`,
  )
}
