import { GraphQLError } from 'graphql'
import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { Registry } from '../registry/object-type.ts'
import { objectBySingular } from '../registry/registry.ts'
import { noteMissingGrant } from '../sandbox/missing-grant.ts'
import type { Part } from '../sandbox/scope.ts'
import { can, canOnField, permissionSet } from './grants.ts'
import { isSensitive } from './guard.ts'

/** Whether the plugin's own permissions lack one, on an object or on a field of it. */
export function lacksPermission(registry: Registry, plugin: Plugin, permission: `${string}:${string}`): boolean {
  const grants = { permissions: permissionSet(plugin.permissions ?? []) }
  const { object, field, action } = parsePermission(permission) ?? {}
  const found = object === undefined ? undefined : objectBySingular(registry, object)
  if (!found || !field || action === undefined) return !can(grants, permission)
  return !canOnField(grants, found.singular, action, field, isSensitive(found, field))
}

/**
 * Notes of a FORBIDDEN that it is the part's plugin that lacks the permission. The client is told as it is; the operator, who
 * alone can mend it, by what `missingGrantOf` answers of it. What another plugin was refused inside of it is that one's.
 */
export function detectMissingGrant(registry: Registry, { plugin, name }: Part, error: unknown): void {
  if (!(error instanceof GraphQLError) || plugin.isCore) return
  const { code, permission, plugin: named = plugin.id } = error.extensions
  if (code !== 'FORBIDDEN' || named !== plugin.id || !isPermission(permission)) return
  if (lacksPermission(registry, plugin, permission))
    noteMissingGrant(error, { plugin: plugin.id, part: name, permission })
}

function isPermission(value: unknown): value is `${string}:${string}` {
  return typeof value === 'string' && parsePermission(value) !== null
}
