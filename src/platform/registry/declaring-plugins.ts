import { CORE } from '../data/models/model-declarations.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'

export { CORE }

/** The plugins that are composed, such as a Registry. */
export interface DeclaredPlugins {
  readonly plugins: readonly Plugin[]
}

/** Returns `core` for the id `platform` and the ids of core's modules, and any other plugin id unchanged. */
export function ownerIn({ plugins }: DeclaredPlugins, plugin: string): string {
  return plugin === 'platform' || plugins.find(({ id }) => id === plugin)?.isCore ? CORE : plugin
}

/**
 * Checks that a plugin may refer to a part of another one: it has to be the same plugin, core, or a dependency.
 * @param plugin Id of the plugin that refers.
 * @param other Id of the plugin that declares the part.
 * @param what The part, for the message.
 * @throws CompositionError when the plugin does not depend on the other one.
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
