import { z } from 'zod'
import type { IsSensitive } from '../../../platform/access/cover.ts'
import { parsePermission, SCOPES } from '../../../platform/access/permissions.ts'
import { text } from '../../../platform/operations/column-input.ts'
import { invalid, type UserError } from '../../../platform/operations/user-errors.ts'
import { nearest } from '../../../platform/plugins/nearest.ts'
import { isSensitive } from '../../../platform/reads/guard.ts'
import { type ObjectType, objectBySingular, type Registry } from '../../../platform/schema/registry.ts'

const MAX_PERMISSIONS = 1_000
const MAX_LENGTH = 200

/** Permissions as clients write them; whether there is such an object and field, `permissionErrors` tells. */
export const permissionList = z.array(text(MAX_LENGTH)).max(MAX_PERMISSIONS, `At most ${MAX_PERMISSIONS} permissions.`)

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/**
 * What is wrong with permission texts, each at its place under the path: one that is malformed, or that names an object, field
 * or action that there is not. Texts in `known` are not looked at: they were right when they were written.
 */
export function permissionErrors(
  registry: Registry,
  texts: readonly string[],
  known: readonly string[],
  path: readonly string[],
): UserError[] {
  return texts.flatMap((permission, index) => {
    const problem = known.includes(permission) ? null : problemWith(registry, permission)
    return problem === null ? [] : [invalid([...path, String(index)], problem)]
  })
}

/** Tells whether permission on an object does not reach a field. What there is not counts as sensitive. */
export function sensitiveIn(registry: Registry): IsSensitive {
  return (object, field) => {
    const found = objectBySingular(registry, object)
    return !found || isSensitive(found, field)
  }
}

function problemWith(registry: Registry, permission: string): string | null {
  const parsed = parsePermission(permission)
  const [unscoped = '', scope] = permission.split('@', 2)
  if (!parsed && scope && parsePermission(unscoped))
    return unknown('scope', scope, SCOPES, `The scopes are @${SCOPES.join(', @')}.`)
  if (!parsed)
    return `${JSON.stringify(permission)} is no permission. Write <object>:<action>, such as account:read; account.name:read for one field; * for any object or action; and @${SCOPES.join(', @')} behind it for some records.`
  const { object, field, action } = parsed
  const named = object === '*' ? undefined : objectBySingular(registry, object)
  const declared = declaredPermissions(registry)
  if (object !== '*' && !named && !declared.has(object))
    return unknown('object', object, [...objectNames(registry), ...declared.keys()])
  if (field !== null && (!named || !fieldNames(named).includes(field)))
    return unknown(`field of ${object}`, field, named ? fieldNames(named) : [])
  const own =
    object === '*' ? [...declared.values()].flatMap((actions) => [...actions]) : [...(declared.get(object) ?? [])]
  if (action !== '*' && !ACTIONS.includes(action) && !own.includes(action))
    return unknown(
      object === '*' ? 'action' : `action of ${object}`,
      action,
      [...ACTIONS, ...own],
      `There are ${[...new Set([...ACTIONS, ...own])].join(', ')} and *.`,
    )
  return null
}

function unknown(what: string, name: string, known: readonly string[], otherwise = ''): string {
  const near = nearest(name, known)
  const hint = near === null ? otherwise : `Did you mean ${near}?`
  return `There is no ${what} called ${name}.${hint && ` ${hint}`}`
}

function objectNames(registry: Registry): string[] {
  return [...registry.objects.values()].map(({ singular }) => singular)
}

function fieldNames(object: ObjectType): string[] {
  const details = [...object.variants.values()].flatMap(({ detail }) => [...(detail?.fields.keys() ?? [])])
  return [...object.fields.keys(), ...details, ...object.conditions.keys()]
}

/** Objects and actions that are asked for beside those of records: by operations, queries and the platform. */
function declaredPermissions(registry: Registry): Map<string, Set<string>> {
  const declared = new Map<string, Set<string>>(PLATFORM.map((object) => [object, new Set(ACTIONS)]))
  const add = (permission: string | null) => {
    const parsed = permission === null ? null : parsePermission(permission)
    if (parsed && parsed.object !== '*' && parsed.action !== '*')
      declared.set(parsed.object, (declared.get(parsed.object) ?? new Set()).add(parsed.action))
  }
  for (const { operations = [], queries = [], permissions = [] } of registry.plugins) {
    for (const { permission } of [...operations, ...queries]) add(permission)
    for (const permission of permissions) add(permission)
  }
  return declared
}

/** What is administered and is no object of the registry. */
const PLATFORM = ['plugin', 'audit', 'access']
