import { CORE } from '../data/models/model-declarations.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'

export { CORE }

/** What tells whose something is. */
export interface Owners {
  readonly plugins: readonly Plugin[]
}

/** `core` for the platform and the plugins that are parts of the product; the id of any other plugin. */
export function ownerIn({ plugins }: Owners, plugin: string): string {
  return plugin === 'platform' || plugins.find(({ id }) => id === plugin)?.isCore ? CORE : plugin
}

/**
 * Throws CompositionError unless the plugin may refer to what the other one has: its own, core's, or that of a plugin it
 * depends on. `what` is what it refers to, for the message.
 */
export function requireDependency(owners: Owners, plugin: string, other: string, what: string): void {
  const [pluginId, holder] = [ownerIn(owners, plugin), ownerIn(owners, other)]
  if (pluginId === holder || holder === CORE) return
  const depends = owners.plugins.find(({ id }) => id === plugin)?.depends ?? {}
  if (Object.hasOwn(depends, holder)) return
  throw new CompositionError(
    `${plugin} refers to ${what} of ${holder}, on which it does not depend. Name ${holder} under depends, with the range of its versions.`,
  )
}
