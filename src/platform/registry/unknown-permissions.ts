import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { knownActions, unknownPart } from './known-permissions.ts'
import type { Registry } from './object-type.ts'
import { objectBySingular } from './registry.ts'

/**
 * What is wrong with the `permissions` of a plugin, each in its own text: objects and actions that there are not, and objects of
 * plugins on which it does not depend. The registry has the plugin and those that it depends on, and may have others.
 */
export function unknownPermissions(registry: Registry, plugin: Plugin): string[] {
  const known = knownActions(
    registry,
    registry.plugins.filter((each) => isReached(plugin, each)),
  )
  return (plugin.permissions ?? []).flatMap((permission) => {
    const parsed = parsePermission(permission)
    const problem = parsed && (outOfReach(registry, plugin, known, parsed.object) ?? unknownPart(known, parsed))
    return problem ? [`${plugin.id} names the permission ${permission}. ${problem}`] : []
  })
}

/** Whether the plugin may refer to what the other one has. */
function isReached(plugin: Plugin, other: Plugin): boolean {
  return other.isCore === true || other.id === plugin.id || Object.hasOwn(plugin.depends ?? {}, other.id)
}

function outOfReach(
  registry: Registry,
  { id }: Plugin,
  known: ReadonlyMap<string, unknown>,
  object: string,
): string | null {
  const holder = known.has(object) ? undefined : objectBySingular(registry, object)?.pluginId
  return holder === undefined
    ? null
    : `${object} is an object of ${holder}, on which ${id} does not depend. Name ${holder} under depends, with the range of its versions.`
}
