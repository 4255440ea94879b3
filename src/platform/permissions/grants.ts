import { type ParsedPermission, type Permission, parsePermission, type Scope } from '../declare/permission.ts'
import type { Grantee } from '../request/actor.ts'
import { oneIncludes } from './scopes.ts'

/*
 * What the permission texts of a grantee allow. Which function to call for which question:
 *
 * - can                May the grantee do an action on at least one record, or on a field of at least one record?
 * - canOnWholeRecords  As can. For a permission without a field, as canOnEveryField too.
 * - canOnEveryField    May they do an action on every field that is not sensitive, of all records that `can` covers?
 * - canOnField         May they do an action on one field of at least one record?
 * - recordScopes       On which records may they do an action? As scopes.
 * - fieldScopes        On which of the records of recordScopes may they do the action to one field? As scopes.
 *
 * "As scopes" means a list of sets of scopes, or null. Null: no record. Otherwise a record is covered when each set of
 * the list has a scope that covers the record; an empty list covers all records. The list has several sets when
 * something limits the grantee (`limitedBy`): one for its roles, one for an API key's scopes, one for a plugin.
 * `record-access.ts` turns scopes into SQL.
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
 * Whether the grantee has the permission, on an object or on a field, for at least one record. The only place that
 * decides this: what is not granted is denied. Returns false for a malformed permission, and for a permission with `*`
 * or with a scope. `recordScopes` returns which records the permission covers.
 */
export function can(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || parsed.scope || parsed.object === '*' || parsed.action === '*') return false
  const { object, field, action } = parsed
  if (field !== null) return canOnField(grantee, object, action, field, false)
  return requiredPermissions(grantee).every((permissions) => grantsFor(permissions, object, action) !== null)
}

/**
 * Whether the grantee has the permission for whole records: for every field that is not sensitive, of all the records
 * that the permission covers. For a permission that names a field, it returns the same as `can`: whether the grantee
 * has the permission for at least one record.
 */
export function canOnWholeRecords(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || !can(grantee, permission)) return false
  return parsed.field !== null || canOnEveryField(grantee, parsed.object, parsed.action)
}

/**
 * Returns the records on which the grantee may do the action, as scopes: null for no record, an empty list for all
 * records, otherwise a list of sets. Each set has to cover a record. The grantee's own grants and the grants that limit
 * it (`limitedBy`) each add a set, unless they cover all records.
 */
export function recordScopes(grantee: Grantee, object: string, action: string): readonly ReadonlySet<Scope>[] | null {
  const scopeSets: ReadonlySet<Scope>[] = []
  for (const permissions of requiredPermissions(grantee)) {
    const grants = grantsFor(permissions, object, action)
    if (!grants) return null
    if (grants.scopes) scopeSets.push(grants.scopes)
  }
  return scopeSets
}

/**
 * Returns on which of the records of `recordScopes` the grantee may do the action to the field, as scopes: null for no
 * record, an empty list for all of these records, otherwise a list of sets that each have to cover the record. A
 * sensitive field is covered only by grants that name it, by `<object>:*` and by `*:*`.
 */
export function fieldScopes(
  grantee: Grantee,
  object: string,
  action: string,
  field: string,
  isSensitive: boolean,
): readonly ReadonlySet<Scope>[] | null {
  const scopeSets: ReadonlySet<Scope>[] = []
  for (const permissions of requiredPermissions(grantee)) {
    const coverage = fieldCoverage(grantsFor(permissions, object, action), field, isSensitive)
    if (coverage === 'none') return null
    if (coverage !== 'all') scopeSets.push(coverage)
  }
  return scopeSets
}

/**
 * The records on which grants also cover one field: all records of the grants, no record, or the records of the scopes.
 */
type FieldCoverage = ReadonlySet<Scope> | 'all' | 'none'

function fieldCoverage(grants: Grants | null, field: string, isSensitive: boolean): FieldCoverage {
  if (!grants) return 'none'
  const key = isSensitive ? `${field}!` : field
  const cached = grants.fieldCoverages.get(key)
  if (cached) return cached
  const fieldGrants = grants.matching.filter((grant) => grantsField(grant, field, isSensitive))
  const scopes = scopesOf(fieldGrants)
  const coverage = fieldGrants.length === 0 ? 'none' : scopes && !coversScopes(scopes, grants.scopes) ? scopes : 'all'
  grants.fieldCoverages.set(key, coverage)
  return coverage
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
  return requiredPermissions(grantee).every((permissions) => {
    const grants = grantsFor(permissions, object, action)
    const objectGrants = grants?.matching.filter(({ field }) => field === null) ?? []
    const scopes = scopesOf(objectGrants)
    return grants !== null && objectGrants.length > 0 && (scopes === null || coversScopes(scopes, grants.scopes))
  })
}

/** What one set of permission texts grants for one action on one object. */
interface Grants {
  readonly matching: readonly ParsedPermission[]
  /** Scopes of the matching grants, of which any one is enough to cover a record; null when they cover all records. */
  readonly scopes: ReadonlySet<Scope> | null
  /** Cached results of `fieldCoverage`, by the name of the field, with `!` behind the name of a sensitive field. */
  readonly fieldCoverages: Map<string, FieldCoverage>
}

function grantsField(grant: ParsedPermission, field: string, isSensitive: boolean): boolean {
  if (grant.field !== null) return grant.field === field
  return !isSensitive || (grant.action === '*' && (grant.object !== '*' || grant.scope === null))
}

/** Returns the scopes of grants, of which any one is enough; null when one of the grants covers all records. */
function scopesOf(grants: readonly ParsedPermission[]): ReadonlySet<Scope> | null {
  if (grants.some(({ scope }) => scope === null)) return null
  return new Set(grants.flatMap(({ scope }) => scope ?? []))
}

/** Whether the records of `scopes` include all records of `others`. Null means all records, which no scopes include. */
function coversScopes(scopes: ReadonlySet<Scope>, others: ReadonlySet<Scope> | null): boolean {
  return others !== null && [...others].every((scope) => oneIncludes(scopes, scope))
}

/**
 * Returns the sets of permissions that all have to allow an action: the grantee's own permissions, then the permissions
 * that limit it (`limitedBy`), such as the key scopes of an API key.
 */
function requiredPermissions(grantee: Grantee): readonly ReadonlySet<string>[] {
  const sets: ReadonlySet<string>[] = []
  for (let next: Grantee | undefined = grantee; next; next = next.limitedBy) sets.push(next.permissions)
  return sets
}

const grantsCache = new WeakMap<ReadonlySet<string>, Map<string, Grants | null>>()

/**
 * Returns the grants of the permission texts for the action on the object, cached; null when the texts don't grant the
 * action.
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
  return { matching, scopes: scopesOf(matching), fieldCoverages: new Map() }
}

function matches(grant: ParsedPermission, object: string, action: string): boolean {
  if (grant.action !== '*' && grant.action !== action) return false
  if (grant.object !== '*') return grant.object === object
  return !ADMINISTRATION.has(object) || (grant.action === '*' && grant.scope === null)
}

const cachedSets = new Map<string, ReadonlySet<string>>()
const MAX_CACHED_SETS = 1_000

/**
 * Returns the permission texts as a set. The same texts give the same set object, so that `grantsCache`, whose key is
 * the set, also serves later requests.
 */
export function permissionSet(texts: readonly string[]): ReadonlySet<string> {
  const sorted = [...new Set(texts)].sort()
  const key = sorted.join('\n')
  const cached = cachedSets.get(key)
  if (cached) return cached
  if (cachedSets.size >= MAX_CACHED_SETS) cachedSets.clear()
  const permissions = new Set(sorted)
  cachedSets.set(key, permissions)
  return permissions
}
