import { type ParsedPermission, parsePermission, type Scope } from '../declare/permission.ts'
import type { Grantee } from '../request/actor.ts'
import { can } from './grants.ts'

/** Whether a field of an object, both as permissions name them, is reached only by its own name or by every action. */
export type IsSensitive = (object: string, field: string) => boolean

/**
 * Those of the permission texts that the grantee does not have themselves, and so may not give to anybody. Whatever is no
 * permission is one of them.
 */
export function permissionsNotHeld(grantee: Grantee, texts: Iterable<string>, isSensitive: IsSensitive): string[] {
  return [...new Set(texts)].filter((text) => {
    const wanted = parsePermission(text)
    return !wanted || !links(grantee).every((link) => link.some((held) => covers(held, wanted, isSensitive)))
  })
}

/** All that the grantee may do, as permission texts, sorted: what everybody in the chain of those who have to be allowed grants. */
export function effectivePermissions(grantee: Grantee, isSensitive: IsSensitive): string[] {
  const [first = [], ...others] = links(grantee)
  const common = others.reduce<readonly ParsedPermission[]>(
    (all, link) => all.flatMap((one) => link.flatMap((other) => shared(one, other, isSensitive))),
    first,
  )
  return [...new Set(common.map(permissionText))].sort()
}

/** A permission as roles write it. */
export function permissionText({ object, field, action, scope }: ParsedPermission): string {
  return `${object}${field === null ? '' : `.${field}`}:${action}${scope === null ? '' : `@${scope}`}`
}

/** What each in the chain grants, the grantee first. */
function links(grantee: Grantee): ParsedPermission[][] {
  const own = [...grantee.permissions].flatMap((text) => parsePermission(text) ?? [])
  return grantee.limitedBy ? [own, ...links(grantee.limitedBy)] : [own]
}

/** Records that the grants with a scope reach for certain. `team` and `hierarchy` reach what one owns, and each what is shared. */
const INCLUDED_SCOPES: Readonly<Record<Scope, readonly Scope[]>> = {
  shared: ['shared'],
  own: ['own', 'shared'],
  team: ['team', 'own', 'shared'],
  hierarchy: ['hierarchy', 'own', 'shared'],
}

function covers(held: ParsedPermission, wanted: ParsedPermission, isSensitive: IsSensitive): boolean {
  if (!includesScope(held.scope, wanted.scope)) return false
  if (held.action !== '*' && held.action !== wanted.action) return false
  const isEverything = held.object === '*' && held.action === '*' && held.scope === null
  if (held.object === '*') {
    if (wanted.object !== '*' && isAdministrationObject(wanted.object) && !isEverything) return false
  } else if (held.object !== wanted.object) return false
  if (grantsEveryField(held) || (held.field !== null && held.field === wanted.field)) return true
  if (held.field !== null) return false
  if (wanted.field !== null) return !isSensitive(wanted.object, wanted.field)
  return wanted.action !== '*' || wanted.object === '*'
}

function includesScope(held: Scope | null, wanted: Scope | null): boolean {
  return held === null || (wanted !== null && INCLUDED_SCOPES[held].includes(wanted))
}

/** What two grants have in common. */
function shared(one: ParsedPermission, other: ParsedPermission, isSensitive: IsSensitive): ParsedPermission[] {
  const object = commonObject(one, other)
  if (object === null || (one.action !== '*' && other.action !== '*' && one.action !== other.action)) return []
  if (one.field !== null && other.field !== null && one.field !== other.field) return []
  const field = one.field ?? other.field
  if (field !== null && isSensitive(object, field) && !(grantsField(one, field) && grantsField(other, field))) return []
  const scope = commonScope(one.scope, other.scope)
  const action = one.action === '*' ? other.action : one.action
  // Every action on an object reaches its sensitive fields; where one of the two does not, its actions are named.
  const isNamed =
    action === '*' && object !== '*' && field === null && !(grantsEveryField(one) && grantsEveryField(other))
  return (isNamed ? ACTIONS : [action]).map((each) => ({ object, field, action: each, scope }))
}

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/** Every action on an object reaches its sensitive fields too; every action on any object only where it reaches all records. */
function grantsEveryField({ object, field, action, scope }: ParsedPermission): boolean {
  return field === null && action === '*' && (object !== '*' || scope === null)
}

/** Whether the grant reaches a field that is sensitive. */
function grantsField(grant: ParsedPermission, field: string): boolean {
  return grant.field === field || grantsEveryField(grant)
}

function commonObject(one: ParsedPermission, other: ParsedPermission): string | null {
  if (one.object === other.object) return one.object
  const [any, named] = one.object === '*' ? [one, other] : [other, one]
  if (any.object !== '*') return null
  const isEverything = any.action === '*' && any.scope === null
  return isEverything || !isAdministrationObject(named.object) ? named.object : null
}

/** The wider of two scopes never counts; of two that are not within each other, what both reach for certain. */
function commonScope(one: Scope | null, other: Scope | null): Scope | null {
  if (one === null || other === null) return one ?? other
  if (INCLUDED_SCOPES[one].includes(other)) return other
  return INCLUDED_SCOPES[other].includes(one) ? one : 'own'
}

const EVERY_RECORD: Grantee = { permissions: new Set(['*:read']) }

/** Whether permissions on every object leave this one out. */
export function isAdministrationObject(object: string): boolean {
  return !can(EVERY_RECORD, `${object}:read`)
}
