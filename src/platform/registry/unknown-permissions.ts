import { type ParsedPermission, parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { fieldProblem } from './known-fields.ts'
import { knownActions, permissionProblem } from './known-permissions.ts'
import type { Registry } from './object-type.ts'
import { objectBySingular } from './registry.ts'

/**
 * Returns a message for each entry of a plugin's `permissions` whose object, field or action does not exist, or whose
 * object or field belongs to a plugin on which this plugin does not depend.
 * @param registry Registry with the plugin and its dependencies, of which the GraphQL schema was built; it may contain
 * other plugins.
 */
export function unknownPermissions(registry: Registry, plugin: Plugin): string[] {
  const known = knownActions(
    registry,
    registry.plugins.filter((other) => mayReferTo(plugin, other)),
  )
  return (plugin.permissions ?? []).flatMap((permission) => {
    const parsed = parsePermission(permission)
    const problem =
      parsed &&
      (dependencyProblem(registry, plugin, known, parsed.object) ??
        permissionProblem(known, parsed) ??
        fieldProblem(registry, parsed) ??
        fieldOwnerProblem(registry, plugin, parsed))
    return problem ? [`${plugin.id} names the permission ${permission}. ${problem}`] : []
  })
}

/**
 * Whether a plugin may use objects of another plugin: of a module of core, of itself, or of a plugin under `depends`.
 */
function mayReferTo(plugin: Plugin, other: Plugin): boolean {
  return other.isCore === true || other.id === plugin.id || Object.hasOwn(plugin.depends ?? {}, other.id)
}

/**
 * Returns a message when the object in a permission belongs to a plugin on which this plugin does not depend; otherwise
 * null.
 * @param known Objects that the plugin may use, as keys.
 */
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

/** Returns a message when another plugin, on which this plugin does not depend, adds the field; otherwise null. */
function fieldOwnerProblem(registry: Registry, plugin: Plugin, { object, field }: ParsedPermission): string | null {
  const type = field === null ? undefined : objectBySingular(registry, object)
  if (field === null || !type) return null
  const owner = (type.fields.get(field) ?? type.schemaFields.get(field))?.pluginId
  const adding = registry.plugins.find(({ id }) => id === owner)
  return adding && !mayReferTo(plugin, adding)
    ? `${object}.${field} is a field of ${adding.id}, on which ${plugin.id} does not depend. Name ${adding.id} under depends, with the range of its versions.`
    : null
}
