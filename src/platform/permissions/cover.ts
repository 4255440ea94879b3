import { type ParsedPermission, parsePermission, type Scope } from '../declare/permission.ts'
import type { Grantee } from '../request/actor.ts'
import { can } from './grants.ts'
import { includesScope } from './scopes.ts'

/** Whether a field is sensitive. Object and field are named as in permissions. */
export type IsSensitive = (object: string, field: string) => boolean

/**
 * Returns the permission texts that the grantee does not have, and therefore may not give to others. Malformed texts
 * are returned too.
 */
export function permissionsNotHeld(grantee: Grantee, texts: Iterable<string>, isSensitive: IsSensitive): string[] {
  return [...new Set(texts)].filter((text) => {
    const wanted = parsePermission(text)
    return !wanted || !grantLists(grantee).every((grants) => grants.some((grant) => covers(grant, wanted, isSensitive)))
  })
}

/**
 * Returns everything that the grantee may do, as sorted permission texts: what its own permissions and the permissions
 * that limit it (`limitedBy`, such as the key scopes of an API key) have in common.
 */
export function effectivePermissions(grantee: Grantee, isSensitive: IsSensitive): string[] {
  const [first = [], ...others] = grantLists(grantee)
  const common = others.reduce<readonly ParsedPermission[]>(
    (intersection, grants) =>
      intersection.flatMap((one) => grants.flatMap((other) => intersectGrants(one, other, isSensitive))),
    first,
  )
  return [...new Set(common.map(permissionText))].sort()
}

/** Returns the text of a permission, such as `account.name:read@team`. */
export function permissionText({ object, field, action, scope }: ParsedPermission): string {
  return `${object}${field === null ? '' : `.${field}`}:${action}${scope === null ? '' : `@${scope}`}`
}

/**
 * Returns a list of the grantee's own grants, then a list of the grants that limit it (`limitedBy`), if any. An action
 * needs a grant in each list.
 */
function grantLists(grantee: Grantee): ParsedPermission[][] {
  const grants = [...grantee.permissions].flatMap((text) => parsePermission(text) ?? [])
  return grantee.limitedBy ? [grants, ...grantLists(grantee.limitedBy)] : [grants]
}

/** Whether `grant` gives everything that `wanted` gives. */
function covers(grant: ParsedPermission, wanted: ParsedPermission, isSensitive: IsSensitive): boolean {
  if (!includesScope(grant.scope, wanted.scope)) return false
  if (grant.action !== '*' && grant.action !== wanted.action) return false
  const isEverything = grant.object === '*' && grant.action === '*' && grant.scope === null
  if (grant.object === '*') {
    if (wanted.object !== '*' && isAdministrationObject(wanted.object) && !isEverything) return false
  } else if (grant.object !== wanted.object) return false
  if (grantsEveryField(grant) || (grant.field !== null && grant.field === wanted.field)) return true
  if (grant.field !== null) return false
  if (wanted.field !== null) return !isSensitive(wanted.object, wanted.field)
  // `grant` does not cover sensitive fields here. So it does not cover a wanted `<object>:*`, which includes them.
  return wanted.action !== '*' || wanted.object === '*'
}

/** Returns what two grants have in common, as grants; an empty list when they have nothing in common. */
function intersectGrants(one: ParsedPermission, other: ParsedPermission, isSensitive: IsSensitive): ParsedPermission[] {
  const object = commonObject(one, other)
  if (object === null || (one.action !== '*' && other.action !== '*' && one.action !== other.action)) return []
  if (one.field !== null && other.field !== null && one.field !== other.field) return []
  const field = one.field ?? other.field
  if (
    field !== null &&
    isSensitive(object, field) &&
    !(grantsSensitiveField(one, field) && grantsSensitiveField(other, field))
  )
    return []
  const scope = commonScope(one.scope, other.scope)
  const action = one.action === '*' ? other.action : one.action
  // `<object>:*` covers sensitive fields too. When one of the two grants does not cover them, the result names each
  // action instead, such as `account:read`.
  const namesActions =
    action === '*' && object !== '*' && field === null && !(grantsEveryField(one) && grantsEveryField(other))
  return (namesActions ? ACTIONS : [action]).map((name) => ({ object, field, action: name, scope }))
}

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/**
 * Whether the grant covers sensitive fields without naming them: `<object>:*` in any scope, and `*:*` without a scope.
 */
function grantsEveryField({ object, field, action, scope }: ParsedPermission): boolean {
  return field === null && action === '*' && (object !== '*' || scope === null)
}

function grantsSensitiveField(grant: ParsedPermission, field: string): boolean {
  return grant.field === field || grantsEveryField(grant)
}

/** Returns the object, or `*`, that both grants cover; null when they have no object in common. */
function commonObject(one: ParsedPermission, other: ParsedPermission): string | null {
  if (one.object === other.object) return one.object
  const [wildcard, named] = one.object === '*' ? [one, other] : [other, one]
  if (wildcard.object !== '*') return null
  const isEverything = wildcard.action === '*' && wildcard.scope === null
  return isEverything || !isAdministrationObject(named.object) ? named.object : null
}

/**
 * Returns the scope that both scopes cover: the narrower of the two, or `own` when neither includes the other (`team`
 * and `hierarchy`).
 */
function commonScope(one: Scope | null, other: Scope | null): Scope | null {
  if (one === null || other === null) return one ?? other
  if (includesScope(one, other)) return other
  return includesScope(other, one) ? one : 'own'
}

const READS_ALL_OBJECTS: Grantee = { permissions: new Set(['*:read']) }

/** Whether permissions on all objects, such as `*:read`, leave this object out: see `ADMINISTRATION` in grants.ts. */
export function isAdministrationObject(object: string): boolean {
  return !can(READS_ALL_OBJECTS, `${object}:read`)
}
