import { type Permission, parsePermission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { PermissionGuard } from '../../permissions/guard.ts'
import type { FieldRun } from '../../reads/reading.ts'
import { pluginResolution } from '../../reads/schema-fields/plugin-resolution.ts'
import { requireUsablePermission } from '../../registry/check-names.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { knownActions, permissionProblem } from '../../registry/known-permissions.ts'
import type { Registry } from '../../registry/object-type.ts'
import type { TypeStore } from '../types.ts'

/**
 * Returns how a root query field of a plugin's `schema` runs: its `resolve` runs together with the plugin's other fields
 * of the answer, after the statement of the request.
 */
export function runSchemaField(plugin: Plugin, name: string): FieldRun {
  return async ({ reading, group, args }) => {
    const field = reading.schema.getQueryType()?.getFields()[name]
    if (!field) throw new Error(`Query.${name} is not in the schema.`)
    return pluginResolution(reading, plugin).add({ typeName: 'Query', field, parent: {}, args, group })
  }
}

/**
 * Returns the guard of a root field of a plugin's `schema`.
 * @param coordinate `Query.<field>` or `Subscription.<field>`.
 * @throws CompositionError for a field without a permission, and for a permission that does not exist.
 */
export function rootGuard(
  { registry }: TypeStore,
  plugin: Plugin,
  coordinate: string,
  permission: Permission | undefined,
): PermissionGuard {
  if (!permission)
    throw new CompositionError(
      `${plugin.id}: ${coordinate} says for nobody who may read it. Add \`permission\`, such as 'account:read'.`,
    )
  requireKnownPermission(registry, plugin, coordinate, permission)
  return { kind: 'permission', permission, what: 'This' }
}

/**
 * Checks the permission that a field of a plugin's `schema` needs.
 * @throws CompositionError for a permission that does not exist, or is of a plugin on which this plugin does not depend.
 */
export function requireKnownPermission(
  registry: Registry,
  plugin: Plugin,
  coordinate: string,
  permission: Permission,
): void {
  requireUsablePermission(registry.plugins, plugin, permission, coordinate)
  const parsed = parsePermission(permission)
  const problem = parsed ? permissionProblem(knownActions(registry), parsed) : 'It is no permission.'
  if (problem !== null)
    throw new CompositionError(`${plugin.id}: ${coordinate} needs the permission ${permission}. ${problem}`)
}
