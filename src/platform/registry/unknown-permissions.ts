import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { knownActions, permissionProblem } from './known-permissions.ts'
import type { Registry } from './object-type.ts'
import { objectBySingular } from './registry.ts'

/**
 * Returns the problems of a plugin's `permissions`, one text each: objects and actions that do not exist, and objects
 * of plugins on which it does not depend.
 * @param registry Registry with the plugin and its dependencies; it may contain other plugins.
 */
export function unknownPermissions(registry: Registry, plugin: Plugin): string[] {
  const known = knownActions(
    registry,
    registry.plugins.filter((other) => mayReferTo(plugin, other)),
  )
  return (plugin.permissions ?? []).flatMap((permission) => {
    const parsed = parsePermission(permission)
    const problem =
      parsed && (dependencyProblem(registry, plugin, known, parsed.object) ?? permissionProblem(known, parsed))
    return problem ? [`${plugin.id} names the permission ${permission}. ${problem}`] : []
  })
}

/** Whether the plugin may refer to parts of the other one. */
function mayReferTo(plugin: Plugin, other: Plugin): boolean {
  return other.isCore === true || other.id === plugin.id || Object.hasOwn(plugin.depends ?? {}, other.id)
}

/** Returns the problem of an object that another plugin declares without being a dependency; otherwise null. */
function dependencyProblem(
  registry: Registry,
  { id }: Plugin,
  known: ReadonlyMap<string, unknown>,
  object: string,
): string | null {
  const owner = known.has(object) ? undefined : objectBySingular(registry, object)?.pluginId
  return owner === undefined
    ? null
    : `${object} is an object of ${owner}, on which ${id} does not depend. Name ${owner} under depends, with the range of its versions.`
}
