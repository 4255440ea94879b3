import { z } from 'zod'
import { text } from '../../../platform/declare/objects/column-input.ts'
import { parsePermission, SCOPES } from '../../../platform/declare/permission.ts'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { IsSensitive } from '../../../platform/permissions/cover.ts'
import { isSensitive } from '../../../platform/permissions/guard.ts'
import { knownActions, permissionProblem, unknownName } from '../../../platform/registry/known-permissions.ts'
import type { ObjectType, Registry } from '../../../platform/registry/object-type.ts'
import { objectBySingular } from '../../../platform/registry/registry.ts'

const MAX_PERMISSIONS = 1_000
const MAX_LENGTH = 200

/** Permissions as clients write them; whether there is such an object and field, `permissionErrors` tells. */
export const permissionList = z.array(text(MAX_LENGTH)).max(MAX_PERMISSIONS, `At most ${MAX_PERMISSIONS} permissions.`)

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
  const actions = knownActions(registry)
  return texts.flatMap((permission, index) => {
    const problem = known.includes(permission) ? null : problemWith(registry, actions, permission)
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

function problemWith(registry: Registry, actions: ReturnType<typeof knownActions>, permission: string): string | null {
  const parsed = parsePermission(permission)
  const [unscoped = '', scope] = permission.split('@', 2)
  if (!parsed && scope && parsePermission(unscoped))
    return unknownName('scope', scope, SCOPES, `The scopes are @${SCOPES.join(', @')}.`)
  if (!parsed)
    return `${JSON.stringify(permission)} is no permission. Write <object>:<action>, such as account:read; account.name:read for one field; * for any object or action; and @${SCOPES.join(', @')} behind it for some records.`
  const problem = permissionProblem(actions, parsed)
  const { object, field } = parsed
  const fields = fieldNames(objectBySingular(registry, object))
  return problem ?? (field === null || fields.includes(field) ? null : unknownName(`field of ${object}`, field, fields))
}

function fieldNames(object: ObjectType | undefined): string[] {
  if (!object) return []
  const details = [...object.variants.values()].flatMap(({ detail }) => [...(detail?.fields.keys() ?? [])])
  return [...object.fields.keys(), ...details, ...object.conditions.keys()]
}
