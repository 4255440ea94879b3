import { type ParsedPermission, type Permission, parsePermission, type Scope } from '../declare/permission.ts'
import type { Grantee } from '../request/actor.ts'
import { oneIncludes } from './scopes.ts'

/*
 * What the permission texts of a grantee allow. Which function to call for which question:
 *
 * - can                May the grantee do an action on at least one record, or on a field of at least one record?
 * - canOnWholeRecords  As can; and, for a permission without a field, as canOnEveryField too.
 * - canOnEveryField    May they do an action on every field that is not sensitive, of all records that it covers?
 * - canOnField         May they do an action on one field of at least one record?
 * - recordScopes       On which records may they do an action? As scopes.
 * - fieldScopes        On which of those records may they do it to one field? As scopes.
 *
 * "Scopes" are a list of sets, or null. Null: no record. Otherwise a record is covered when each set of the list has a
 * scope that covers the record; an empty list covers all records. `record-access.ts` turns scopes into SQL.
 *
 * Reading fields as the caller: see guard.ts.
 */

/**
 * Objects that decide who may do what. Teams are among them because records are shared with teams. `*:<action>` does
 * not cover them: otherwise somebody who may update every record could give themselves more rights. They are granted by
 * name (`user:read`), or by `*:*`.
 */
const ADMINISTRATION: ReadonlySet<string> = new Set([
  'workspace',
  'user',
  'team',
  'role',
  'apiKey',
  'plugin',
  'identityProvider',
  'sharingRule',
  'session',
  'audit',
  'access',
])

/** A role that a new workspace begins with. */
export interface StartingRole {
  readonly name: string
  readonly description: string
  readonly permissions: readonly Permission[]
}

const readsEverything: readonly Permission[] = ['*:read', 'workspace:read', 'user:read', 'team:read', 'plugin:read']

/** The roles that a new workspace begins with. */
export const STARTING_ROLES: readonly StartingRole[] = [
  { name: 'admin', description: 'Administers the workspace and may do everything.', permissions: ['*:*'] },
  {
    name: 'member',
    description: 'Works with every record.',
    permissions: [...readsEverything, '*:create', '*:update', '*:delete'],
  },
  { name: 'read-only', description: 'Sees every record and changes none.', permissions: readsEverything },
]

/**
 * Whether the grantee has the permission, of an object or of a field, for at least one record. The only place that
 * decides this: everything is denied that is not granted, or is not a well-formed permission of one object and one
 * action. `recordScopes` returns which records it covers.
 */
export function can(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || parsed.scope || parsed.object === '*' || parsed.action === '*') return false
  const { object, field, action } = parsed
  if (field !== null) return canOnField(grantee, object, action, field, false)
  return permissionChain(grantee).every((permissions) => grantsFor(permissions, object, action) !== null)
}

/**
 * Whether the grantee has the permission for whole records: for every field that is not sensitive, of all the records
 * that the permission covers. For a permission that names a field: whether the grantee has it for at least one record,
 * as `can`.
 */
export function canOnWholeRecords(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || !can(grantee, permission)) return false
  return parsed.field !== null || canOnEveryField(grantee, parsed.object, parsed.action)
}

/**
 * Returns the records on which the grantee may do the action: null for no record, otherwise scopes of which each has to
 * hold. The list has one entry for each member of the grantee's chain (see `permissionChain`) whose grants don't cover
 * all records.
 */
export function recordScopes(grantee: Grantee, object: string, action: string): readonly ReadonlySet<Scope>[] | null {
  const limits: ReadonlySet<Scope>[] = []
  for (const permissions of permissionChain(grantee)) {
    const grants = grantsFor(permissions, object, action)
    if (!grants) return null
    if (grants.scopes) limits.push(grants.scopes)
  }
  return limits
}

/**
 * Returns on which of the records of `recordScopes` the grantee may do the action to the field: null for no record,
 * otherwise scopes of which each has to hold; an empty list for all of these records. A sensitive field is covered only
 * by grants that name it, by `<object>:*` and by `*:*`.
 */
export function fieldScopes(
  grantee: Grantee,
  object: string,
  action: string,
  field: string,
  isSensitive: boolean,
): readonly ReadonlySet<Scope>[] | null {
  const limits: ReadonlySet<Scope>[] = []
  for (const permissions of permissionChain(grantee)) {
    const limit = fieldLimit(grantsFor(permissions, object, action), field, isSensitive)
    if (limit === 'none') return null
    if (limit !== 'all') limits.push(limit)
  }
  return limits
}

/** Which of the records that a permission set covers are covered for one field: all, none, or those of the scopes. */
type FieldLimit = ReadonlySet<Scope> | 'all' | 'none'

function fieldLimit(grants: Grants | null, field: string, isSensitive: boolean): FieldLimit {
  if (!grants) return 'none'
  const key = isSensitive ? `${field}!` : field
  const cached = grants.fieldLimits.get(key)
  if (cached) return cached
  const fieldGrants = grants.matching.filter((grant) => grantsField(grant, field, isSensitive))
  const scopes = scopesOf(fieldGrants)
  const limit = fieldGrants.length === 0 ? 'none' : scopes && !coversScopes(scopes, grants.scopes) ? scopes : 'all'
  grants.fieldLimits.set(key, limit)
  return limit
}

/** Whether the grantee may do the action to the field of at least one record. */
export function canOnField(
  grantee: Grantee,
  object: string,
  action: string,
  field: string,
  isSensitive: boolean,
): boolean {
  return fieldScopes(grantee, object, action, field, isSensitive) !== null
}

/**
 * Whether the grantee may do the action to every field that is not sensitive, of all the records that the action
 * covers.
 */
export function canOnEveryField(grantee: Grantee, object: string, action: string): boolean {
  return permissionChain(grantee).every((permissions) => {
    const grants = grantsFor(permissions, object, action)
    const objectGrants = grants?.matching.filter(({ field }) => field === null) ?? []
    const scopes = scopesOf(objectGrants)
    return grants !== null && objectGrants.length > 0 && (scopes === null || coversScopes(scopes, grants.scopes))
  })
}

/** What one set of permission texts grants for one action on one object. */
interface Grants {
  readonly matching: readonly ParsedPermission[]
  /** The records that the matching grants cover; null for all records. */
  readonly scopes: ReadonlySet<Scope> | null
  /** Cache of `fieldLimit`, by the name of the field, with `!` behind the name of a sensitive field. */
  readonly fieldLimits: Map<string, FieldLimit>
}

function grantsField(grant: ParsedPermission, field: string, isSensitive: boolean): boolean {
  if (grant.field !== null) return grant.field === field
  return !isSensitive || (grant.action === '*' && (grant.object !== '*' || grant.scope === null))
}

/** Returns the scopes of grants, of which any one is enough; null when one of them covers all records. */
function scopesOf(grants: readonly ParsedPermission[]): ReadonlySet<Scope> | null {
  if (grants.some(({ scope }) => scope === null)) return null
  return new Set(grants.flatMap(({ scope }) => scope ?? []))
}

/** Whether the records of `scopes` include all records of `others` (null: all records). */
function coversScopes(scopes: ReadonlySet<Scope>, others: ReadonlySet<Scope> | null): boolean {
  return others !== null && [...others].every((scope) => oneIncludes(scopes, scope))
}

/**
 * Returns the permissions of the grantee and of everybody who has to be allowed too (`limitedBy`), the grantee first.
 */
function permissionChain(grantee: Grantee): readonly ReadonlySet<string>[] {
  const chain: ReadonlySet<string>[] = []
  for (let member: Grantee | undefined = grantee; member; member = member.limitedBy) chain.push(member.permissions)
  return chain
}

const grantsCache = new WeakMap<ReadonlySet<string>, Map<string, Grants | null>>()

/**
 * Returns what the permission texts grant for the action on the object, from the cache if it is there; null for
 * nothing.
 */
function grantsFor(permissions: ReadonlySet<string>, object: string, action: string): Grants | null {
  const byAction = grantsCache.get(permissions) ?? new Map<string, Grants | null>()
  grantsCache.set(permissions, byAction)
  const key = `${object}:${action}`
  const cached = byAction.get(key)
  if (cached !== undefined) return cached
  const grants = computeGrants(permissions, object, action)
  byAction.set(key, grants)
  return grants
}

function computeGrants(permissions: ReadonlySet<string>, object: string, action: string): Grants | null {
  const matching = [...permissions].flatMap((text) => {
    const grant = parsePermission(text)
    return grant && matches(grant, object, action) ? [grant] : []
  })
  if (matching.length === 0) return null
  return { matching, scopes: scopesOf(matching), fieldLimits: new Map() }
}

function matches(grant: ParsedPermission, object: string, action: string): boolean {
  if (grant.action !== '*' && grant.action !== action) return false
  if (grant.object !== '*') return grant.object === object
  return !ADMINISTRATION.has(object) || (grant.action === '*' && grant.scope === null)
}

const interned = new Map<string, ReadonlySet<string>>()
const MAX_INTERNED = 1_000

/**
 * Returns the permission texts as a set. The same texts give the same set object, so that `grantsCache`, whose key is
 * the set, also serves later requests.
 */
export function permissionSet(texts: readonly string[]): ReadonlySet<string> {
  const sorted = [...new Set(texts)].sort()
  const key = sorted.join('\n')
  const cached = interned.get(key)
  if (cached) return cached
  if (interned.size >= MAX_INTERNED) interned.clear()
  const permissions = new Set(sorted)
  interned.set(key, permissions)
  return permissions
}
