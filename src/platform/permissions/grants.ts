import { type ParsedPermission, type Permission, parsePermission, type Scope } from '../declare/permission.ts'
import type { Grantee } from '../request/actor.ts'

/**
 * Objects that decide who may do what; teams among them, by what is shared with them. `*:<action>` does not reach them: who may
 * update every record may not thereby give themselves more rights. They are granted by name (`user:read`), or by `*:*`.
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
 * Whether the grantee may do this to some record, or to that field of some record. The single place that decides: whatever is
 * not granted, or is not a well-formed permission of one object and action, is denied. Which records, `recordScopes` tells.
 */
export function can(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || parsed.scope || parsed.object === '*' || parsed.action === '*') return false
  const { object, field, action } = parsed
  if (field !== null) return canField(grantee, object, action, field, false)
  return links(grantee).every((link) => grantsOf(link, object, action) !== null)
}

/** Whether the grantee may do this to whole records: to every field that is not sensitive, or to the one that it names. */
export function canWhole(grantee: Grantee, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (!parsed || !can(grantee, permission)) return false
  return parsed.field !== null || mayEveryField(grantee, parsed.object, parsed.action)
}

/**
 * Which records the grantee may do this to: null for none, and otherwise a list of scopes of which each has to hold: one for
 * every one in the chain of those who have to be allowed and who don't reach all.
 */
export function recordScopes(grantee: Grantee, object: string, action: string): readonly ReadonlySet<Scope>[] | null {
  const limited: ReadonlySet<Scope>[] = []
  for (const link of links(grantee)) {
    const grants = grantsOf(link, object, action)
    if (!grants) return null
    if (grants.scopes) limited.push(grants.scopes)
  }
  return limited
}

/**
 * Of which of the records that the grantee may do this to they may do it to the field: null for none, and otherwise a list of
 * scopes of which each has to hold; an empty one for all of them. A sensitive field is reached by its name, by `<object>:*` and
 * by `*:*`.
 */
export function fieldScopes(
  grantee: Grantee,
  object: string,
  action: string,
  field: string,
  isSensitive: boolean,
): readonly ReadonlySet<Scope>[] | null {
  const limited: ReadonlySet<Scope>[] = []
  for (const link of links(grantee)) {
    const limit = fieldLimit(grantsOf(link, object, action), field, isSensitive)
    if (limit === 'none') return null
    if (limit !== 'all') limited.push(limit)
  }
  return limited
}

/** Of which of the records that the grants reach they reach the field too. */
function fieldLimit(grants: Grants | null, field: string, isSensitive: boolean): ReadonlySet<Scope> | 'all' | 'none' {
  if (!grants) return 'none'
  const key = isSensitive ? `${field}!` : field
  const known = grants.limits.get(key)
  if (known) return known
  const reached = grants.matching.filter((grant) => grantsField(grant, field, isSensitive))
  const scopes = scopesOf(reached)
  const limit = reached.length === 0 ? 'none' : scopes && !covers(scopes, grants.scopes) ? scopes : 'all'
  grants.limits.set(key, limit)
  return limit
}

/** Whether the grantee may do this to the field of some record. */
export function canField(
  grantee: Grantee,
  object: string,
  action: string,
  field: string,
  isSensitive: boolean,
): boolean {
  return fieldScopes(grantee, object, action, field, isSensitive) !== null
}

/** Whether the grantee may do this to every field that is not sensitive, of all the records that they may do it to. */
export function mayEveryField(grantee: Grantee, object: string, action: string): boolean {
  return links(grantee).every((link) => {
    const grants = grantsOf(link, object, action)
    const whole = grants?.matching.filter(({ field }) => field === null) ?? []
    const scopes = scopesOf(whole)
    return grants !== null && whole.length > 0 && (scopes === null || covers(scopes, grants.scopes))
  })
}

/** All that a grantee's texts grant for one action on one object. */
interface Grants {
  readonly matching: readonly ParsedPermission[]
  /** Null for all records. */
  readonly scopes: ReadonlySet<Scope> | null
  /** What was worked out of them for a field, by its name; `!` behind that of a sensitive one. */
  readonly limits: Map<string, ReadonlySet<Scope> | 'all' | 'none'>
}

function grantsField(grant: ParsedPermission, field: string, isSensitive: boolean): boolean {
  if (grant.field !== null) return grant.field === field
  return !isSensitive || (grant.action === '*' && (grant.object !== '*' || grant.scope === null))
}

/** Scopes of grants of which any is enough; null for all records. */
function scopesOf(grants: readonly ParsedPermission[]): ReadonlySet<Scope> | null {
  if (grants.some(({ scope }) => scope === null)) return null
  return new Set(grants.flatMap(({ scope }) => scope ?? []))
}

/** Whether what the scopes reach holds all that the others do: team and hierarchy hold what is owned, every scope what is shared. */
function covers(scopes: ReadonlySet<Scope>, others: ReadonlySet<Scope> | null): boolean {
  if (others === null) return false
  return [...others].every(
    (scope) =>
      scopes.has(scope) || scope === 'shared' || (scope === 'own' && (scopes.has('team') || scopes.has('hierarchy'))),
  )
}

/** The grantee and everybody who has to be allowed too. */
function links(grantee: Grantee): readonly ReadonlySet<string>[] {
  const chain: ReadonlySet<string>[] = []
  for (let link: Grantee | undefined = grantee; link; link = link.limitedBy) chain.push(link.permissions)
  return chain
}

const known = new WeakMap<ReadonlySet<string>, Map<string, Grants | null>>()

function grantsOf(permissions: ReadonlySet<string>, object: string, action: string): Grants | null {
  const answers = known.get(permissions) ?? new Map<string, Grants | null>()
  known.set(permissions, answers)
  const key = `${object}:${action}`
  const answer = answers.get(key)
  if (answer !== undefined) return answer
  const worked = workOut(permissions, object, action)
  answers.set(key, worked)
  return worked
}

function workOut(permissions: ReadonlySet<string>, object: string, action: string): Grants | null {
  const matching = [...permissions].flatMap((text) => {
    const grant = parsePermission(text)
    return grant && matches(grant, object, action) ? [grant] : []
  })
  if (matching.length === 0) return null
  return { matching, scopes: scopesOf(matching), limits: new Map() }
}

function matches(grant: ParsedPermission, object: string, action: string): boolean {
  if (grant.action !== '*' && grant.action !== action) return false
  if (grant.object !== '*') return grant.object === object
  return !ADMINISTRATION.has(object) || (grant.action === '*' && grant.scope === null)
}

const interned = new Map<string, ReadonlySet<string>>()
const MAX_INTERNED = 1_000

/** The permissions as a set that is the same for the same texts, so that what was worked out of it serves the next request too. */
export function permissionSet(texts: readonly string[]): ReadonlySet<string> {
  const sorted = [...new Set(texts)].sort()
  const key = sorted.join('\n')
  const found = interned.get(key)
  if (found) return found
  if (interned.size >= MAX_INTERNED) interned.clear()
  const made = new Set(sorted)
  interned.set(key, made)
  return made
}
