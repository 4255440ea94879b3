import type { Row } from '../data/row.ts'
import { or, type Sql, sql } from '../data/sql.ts'
import type { Scope } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { ScopeMembers, SharingRule } from '../request/actor.ts'
import type { AccessContext } from './access-context.ts'
import { accessRuleConditions } from './access-rules.ts'
import { recordScopes } from './grants.ts'
import { ownerOf, teamOf } from './owner-of.ts'
import { oneIncludes } from './scopes.ts'
import { storedFilterCondition } from './stored-filter.ts'

/** One way in which the actor gets access to a record, with the condition on its row. */
export type AccessPath = { readonly condition: Sql } & (
  | { readonly kind: 'OWNER' | 'TEAM' | 'HIERARCHY' | 'RECORD_GRANT' }
  | { readonly kind: 'SHARING_RULE'; readonly rule: SharingRule }
)

/**
 * The levels of sharing that allow an action: UPDATE includes READ, and DELETE includes READ and UPDATE. For actions
 * that are not listed here, `SHARING_FOR_ACTS` applies.
 */
const SHARING_FOR: Readonly<Record<string, readonly SharingRule['access'][]>> = {
  read: ['READ', 'UPDATE', 'DELETE'],
  create: [],
  delete: ['DELETE'],
}
/** The levels of sharing that allow `update` and the actions of business acts (such as `completeTask`). */
const SHARING_FOR_ACTS: readonly SharingRule['access'][] = ['UPDATE', 'DELETE']

/**
 * Returns the conditions of the rows of an object on which the caller may do the action, permissions and access rules
 * together: an empty list for all rows, null for no row. The only place where permissions become SQL: reads, counts,
 * filters, live changes and the check before each write use it.
 */
export function accessConditions(context: AccessContext, object: ObjectType, row: Row, action: string): Sql[] | null {
  if (context.isSystem) return []
  const scopes = recordScopes(context.actor, object.singular, action)
  if (!scopes) return null
  const rules = accessRuleConditions(context, object, row, action)
  if (!rules) return null
  return [...scopeConditions(context, object, row, action, scopes), ...rules]
}

/**
 * Returns the conditions of the rows that scopes cover, one condition for each set of the list (see `recordScopes`).
 * Returns no conditions for the log, the audit and objects with `visibleWith`, whose rows show records of another
 * object: visible.ts restricts these.
 */
export function scopeConditions(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: readonly ReadonlySet<Scope>[],
): Sql[] {
  if (object.visibleWith !== null || LOG_OBJECTS.has(object.name)) return []
  return scopes.map((alternatives) => anyScopeCondition(context, object, row, action, alternatives))
}

/**
 * Returns the condition that one of the scopes covers the row. It means the same as all `accessPaths` joined by OR, but
 * compares the owner with one list of everybody whose records the scopes cover.
 */
function anyScopeCondition(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: ReadonlySet<Scope>,
): Sql {
  const { scopeMembers } = context.actor
  const conditions: Sql[] = []
  const owner = oneIncludes(scopes, 'own') ? ownerOf(context, object, row) : null
  if (owner) conditions.push(isOneOf(owner, coveredOwners(context, scopes)))
  const team = scopes.has('team') ? teamOf(context, object, row) : null
  if (team) conditions.push(isOneOf(team, uuidArray(scopeMembers.teams)))
  return or([...conditions, ...sharingPaths(context, object, row, action).map(({ condition }) => condition)])
}

const ownerLists = new WeakMap<ScopeMembers, Map<string, string>>()

/** Returns the ids of the caller and of everybody whose records the scopes cover, as `uuidArray`. */
function coveredOwners({ actor: { id, scopeMembers } }: AccessContext, scopes: ReadonlySet<Scope>): string {
  const lists = ownerLists.get(scopeMembers) ?? new Map<string, string>()
  ownerLists.set(scopeMembers, lists)
  const key = `${id} ${scopes.has('team')} ${scopes.has('hierarchy')}`
  const cached = lists.get(key)
  if (cached) return cached
  const ids = [
    id,
    ...(scopes.has('team') ? scopeMembers.teammates : []),
    ...(scopes.has('hierarchy') ? scopeMembers.subordinates : []),
  ]
  const list = uuidArray([...new Set(ids)])
  lists.set(key, list)
  return list
}

/**
 * Returns ids as an array in PostgreSQL's text form. The text is created once for all places of a statement; the driver
 * would convert a JavaScript array anew for each place.
 */
function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(',')}}`
}

/** Objects whose rows are about other records: the caller may see the rows about records that they may see. */
const LOG_OBJECTS: ReadonlySet<string> = new Set(['Change', 'AuditEntry'])

/** Whether the caller may do the action on every record of the object in the workspace. */
export function canOnEveryRecord(context: AccessContext, object: ObjectType, row: Row, action: string): boolean {
  return accessConditions(context, object, row, action)?.length === 0
}

/** Returns the ways in which a grant with these scopes gives access to records. One of them is enough. */
export function accessPaths(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: ReadonlySet<Scope>,
): AccessPath[] {
  const { actor } = context
  const paths: AccessPath[] = []
  const owner = ownerOf(context, object, row)
  const team = teamOf(context, object, row)
  const isOwner = (ids: readonly string[]) => (owner ? isOneOf(owner, uuidArray(ids)) : sql`false`)
  if (oneIncludes(scopes, 'own')) paths.push({ kind: 'OWNER', condition: isOwner([actor.id]) })
  if (scopes.has('team')) {
    const { teams, teammates } = actor.scopeMembers
    const isOfTeam = team ? [isOneOf(team, uuidArray(teams))] : []
    paths.push({ kind: 'TEAM', condition: or([...isOfTeam, isOwner(teammates)]) })
  }
  if (scopes.has('hierarchy')) paths.push({ kind: 'HIERARCHY', condition: isOwner(actor.scopeMembers.subordinates) })
  return [...paths, ...sharingPaths(context, object, row, action)]
}

/** Returns the access by sharing rules and record grants, which every scope includes. */
function sharingPaths(context: AccessContext, object: ObjectType, row: Row, action: string): AccessPath[] {
  const { actor } = context
  const paths: AccessPath[] = []
  const levels = SHARING_FOR[action] ?? SHARING_FOR_ACTS
  if (levels.length === 0) return paths
  for (const rule of actor.scopeMembers.sharingRules)
    if (rule.object === object.name && levels.includes(rule.access))
      paths.push({ kind: 'SHARING_RULE', rule, condition: storedFilterCondition(context, object, row, rule.filter) })
  return [
    ...paths,
    { kind: 'RECORD_GRANT', condition: sql`${row.column('id')} in (${grantedIds(context, object, levels)})` },
  ]
}

/** @param ids in the form of `uuidArray` */
function isOneOf(id: Sql, ids: string): Sql {
  return sql`${id} = any(${ids}::uuid[])`
}

/** Returns a subquery of the ids of records that record grants of these levels share with the caller. */
function grantedIds(context: AccessContext, object: ObjectType, levels: readonly string[]): Sql {
  const { actor } = context
  return sql`select g.record_id from record_grants g
    where g.workspace_id = ${actor.workspaceId}::uuid and g.record_type = ${object.name} and g.deleted_at is null
      and g.access::text = any(${[...levels]}::text[]) and (g.expires_at is null or g.expires_at > now())
      and (g.user_id = ${actor.id}::uuid or g.role_id = any(${[...actor.roleIds]}::uuid[]) or g.team_id = any(${[...actor.scopeMembers.teams]}::uuid[]))`
}
