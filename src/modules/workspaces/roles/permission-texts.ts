import { z } from 'zod'
import { text } from '../../../platform/declare/objects/column-input.ts'
import { parsePermission, SCOPES } from '../../../platform/declare/permission.ts'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { IsSensitive } from '../../../platform/permissions/cover.ts'
import { isSensitive } from '../../../platform/permissions/guard.ts'
import { fieldProblem } from '../../../platform/registry/known-fields.ts'
import { knownActions, permissionProblem, unknownName } from '../../../platform/registry/known-permissions.ts'
import type { Registry } from '../../../platform/registry/object-type.ts'
import { objectBySingular } from '../../../platform/registry/registry.ts'

const MAX_PERMISSIONS = 1_000
const MAX_LENGTH = 200

/** Schema of a list of permission texts. Limits their number and length; `permissionErrors` checks their content. */
export const permissionList = z.array(text(MAX_LENGTH)).max(MAX_PERMISSIONS, `At most ${MAX_PERMISSIONS} permissions.`)

/**
 * Returns an error for each permission text that is malformed, or names an object, field or action that does not exist.
 * @param known Texts that are stored already. They are not checked again, as they were valid when they were written.
 * @param path Path of the list; the path of an error ends with the index of the text.
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

/**
 * Returns the function that says whether a field is sensitive (covered only by grants that name the field, and by
 * `<object>:*` and `*:*`). A field of an unknown object counts as sensitive.
 */
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
    return `${JSON.stringify(permission)} is not a permission. Write <object>:<action>, such as account:read; account.name:read for one field; * for any object or action; and append @${SCOPES.join(', @')} to limit it to some records.`
  const problem = permissionProblem(actions, parsed)
  return problem ?? fieldProblem(registry, parsed)
}
