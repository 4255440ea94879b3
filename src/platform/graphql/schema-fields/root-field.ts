import type { Permission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { PermissionGuard } from '../../permissions/guard.ts'
import type { FieldRun } from '../../reads/reading.ts'
import { pluginResolution } from '../../reads/schema-fields/plugin-resolution.ts'
import { CompositionError } from '../../registry/composition-error.ts'

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
 * @throws CompositionError for a field without a permission.
 */
export function rootGuard(plugin: Plugin, coordinate: string, permission: Permission | undefined): PermissionGuard {
  if (permission) return { kind: 'permission', permission, what: 'This' }
  throw new CompositionError(
    `${plugin.id}: ${coordinate} says for nobody who may read it. Add \`permission\`, such as 'account:read'.`,
  )
}
