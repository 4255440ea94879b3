import { GraphQLError } from 'graphql'
import { markPassThrough } from '../declare/pass-through-error.ts'
import { type Permission, parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { codedError } from '../errors.ts'
import type { Registry } from '../registry/object-type.ts'
import { objectBySingular } from '../registry/registry.ts'
import { noteMissingGrant } from '../sandbox/missing-grant.ts'
import type { Part } from '../sandbox/work-level.ts'
import { can, canOnField, permissionSet } from './grants.ts'
import { isSensitive } from './guard.ts'

/** Whether the plugin's manifest does not grant a permission, on an object or on a field of it. */
export function lacksPermission(registry: Registry, plugin: Plugin, permission: `${string}:${string}`): boolean {
  const grantee = { permissions: permissionSet(plugin.permissions ?? []) }
  const { object: singular, field, action } = parsePermission(permission) ?? {}
  const object = singular === undefined ? undefined : objectBySingular(registry, singular)
  if (!object || !field || action === undefined) return !can(grantee, permission)
  return !canOnField(grantee, object.singular, action, field, isSensitive(object, field))
}

/**
 * Returns the error FORBIDDEN for a permission that the plugin's manifest does not grant, or for several of which it would
 * need one.
 * @param what What the plugin may not do, for the message, such as `read Account with Prisma`.
 */
export function pluginLacksPermission(
  plugin: Plugin,
  permissions: Permission | readonly Permission[],
  what = 'do this',
): GraphQLError {
  const alternatives = typeof permissions === 'string' ? [permissions] : permissions
  const [permission] = alternatives
  const message = `The plugin ${plugin.id} may not ${what}: its permissions lack ${alternatives.join(' or ')}.`
  const error = codedError('FORBIDDEN', message, { plugin: plugin.id, permission })
  markPassThrough(error)
  return error
}

/**
 * Handles an error of a part of a plugin. When the error is FORBIDDEN because the plugin's manifest does not name the
 * permission, stores this cause with the error. The client gets the error unchanged; the operator gets the cause
 * (`missingGrantOf`), because only a new version of the plugin can correct it. Ignores an error that another plugin
 * caused within this part.
 */
export function detectMissingGrant(registry: Registry, { plugin, name }: Part, error: unknown): void {
  if (!(error instanceof GraphQLError) || plugin.isCore) return
  const { code, permission, plugin: refusedPlugin = plugin.id } = error.extensions
  if (code !== 'FORBIDDEN' || refusedPlugin !== plugin.id || !isPermission(permission)) return
  if (lacksPermission(registry, plugin, permission))
    noteMissingGrant(error, { plugin: plugin.id, part: name, permission })
}

function isPermission(value: unknown): value is `${string}:${string}` {
  return typeof value === 'string' && parsePermission(value) !== null
}
