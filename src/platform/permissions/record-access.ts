import { coerceInputValue, isInputType } from 'graphql'
import type { Row } from '../data/row.ts'
import { and, join, or, type Sql, sql } from '../data/sql.ts'
import type { Scope } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { ScopeMembers, SharingRule } from '../request/actor.ts'
import type { AccessContext } from './access-context.ts'
import { accessRuleConditions } from './access-rules.ts'
import { recordScopes } from './grants.ts'

/** A way by which somebody reaches a record, as a condition on its row. */
export type AccessPath = { readonly met: Sql } & (
  | { readonly kind: 'OWNER' | 'TEAM' | 'HIERARCHY' | 'RECORD_GRANT' }
  | { readonly kind: 'SHARING_RULE'; readonly rule: SharingRule }
)

/** What sharing with READ, UPDATE or DELETE gives: each gives what those before it give. */
const SHARED_FOR: Readonly<Record<string, readonly SharingRule['access'][]>> = {
  read: ['READ', 'UPDATE', 'DELETE'],
  create: [],
  delete: ['DELETE'],
}
const SHARED_FOR_ACTS: readonly SharingRule['access'][] = ['UPDATE', 'DELETE']

/**
 * Conditions for the rows of an object that the caller may do this to. None for all of them; null where it is none at all. The
 * one place where permissions become SQL: reads, counts, filters, live changes and the check before each write use it.
 */
export function accessConditions(context: AccessContext, object: ObjectType, row: Row, action: string): Sql[] | null {
  if (context.isSystem) return []
  const scopes = recordScopes(context.actor, object.singular, action)
  if (!scopes) return null
  const rules = accessRuleConditions(context, object, row, action)
  if (!rules) return null
  return [...scopeConditions(context, object, row, action, scopes), ...rules]
}

/** Conditions of the rows that each of the scopes reaches. */
export function scopeConditions(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: readonly ReadonlySet<Scope>[],
): Sql[] {
  if (object.visibleWith !== null || LOG_OBJECTS.has(object.name)) return []
  return scopes.map((reached) => anyPath(context, object, row, action, reached))
}

/** That any of the access paths is met: the same as all of them by OR, with everybody whose records are reached in one list. */
function anyPath(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: ReadonlySet<Scope>,
): Sql {
  const { scopeMembers } = context.actor
  const conditions: Sql[] = []
  if (scopes.has('own') || scopes.has('team') || scopes.has('hierarchy'))
    conditions.push(ownedByOneOf(object, row, peopleIn(context, scopes)))
  const { team } = object.ownership
  if (scopes.has('team') && team) conditions.push(isOneOf(row.column(team.name), uuidArray(scopeMembers.teams)))
  return or([...conditions, ...sharedPaths(context, object, row, action).map(({ met }) => met)])
}

const peopleOf = new WeakMap<ScopeMembers, Map<string, string>>()

/** The caller and everybody whose records the scopes reach, as an array in PostgreSQL's own notation. */
function peopleIn({ actor: { id, scopeMembers } }: AccessContext, scopes: ReadonlySet<Scope>): string {
  const known = peopleOf.get(scopeMembers) ?? new Map<string, string>()
  peopleOf.set(scopeMembers, known)
  const key = `${id} ${scopes.has('team')} ${scopes.has('hierarchy')}`
  const found = known.get(key)
  if (found) return found
  const people = [
    id,
    ...(scopes.has('team') ? scopeMembers.teammates : []),
    ...(scopes.has('hierarchy') ? scopeMembers.subordinates : []),
  ]
  const list = uuidArray([...new Set(people)])
  known.set(key, list)
  return list
}

/** Made once for all the places of a statement: a driver would write the same list out for each. */
function uuidArray(ids: readonly string[]): string {
  return `{${ids.join(',')}}`
}

function ownedByOneOf(object: ObjectType, row: Row, people: string): Sql {
  const { owner, creator } = object.ownership
  const ids = [owner, creator].flatMap((column) => (column ? [row.column(column.name)] : []))
  if (ids.length === 0) return sql`false`
  return isOneOf(ids.length === 1 ? join(ids) : sql`coalesce(${join(ids)})`, people)
}

/** The log and the audit tell of records that the caller sees, and are restricted by these. */
const LOG_OBJECTS: ReadonlySet<string> = new Set(['Change', 'AuditEntry'])

/** Whether the caller reaches every record of the object that is there. */
export function canOnEveryRecord(context: AccessContext, object: ObjectType, row: Row, action: string): boolean {
  return accessConditions(context, object, row, action)?.length === 0
}

/** The ways by which a grant with these scopes reaches records, any of which is enough. */
export function accessPaths(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
  scopes: ReadonlySet<Scope>,
): AccessPath[] {
  const { actor } = context
  const paths: AccessPath[] = []
  const isOwned = scopes.has('own') || scopes.has('team') || scopes.has('hierarchy')
  const owned = (by: (id: Sql) => Sql) => ownedBy(object, row, by)
  if (isOwned) paths.push({ kind: 'OWNER', met: owned((id) => sql`${id} = ${actor.id}::uuid`) })
  if (scopes.has('team')) {
    const { team } = object.ownership
    const ofTeammates = owned((id) => isOneOf(id, uuidArray(actor.scopeMembers.teammates)))
    const met = team
      ? or([isOneOf(row.column(team.name), uuidArray(actor.scopeMembers.teams)), ofTeammates])
      : ofTeammates
    paths.push({ kind: 'TEAM', met })
  }
  if (scopes.has('hierarchy'))
    paths.push({ kind: 'HIERARCHY', met: owned((id) => isOneOf(id, uuidArray(actor.scopeMembers.subordinates))) })
  return [...paths, ...sharedPaths(context, object, row, action)]
}

/** What sharing rules and grants by hand give, whatever the scope. */
function sharedPaths(context: AccessContext, object: ObjectType, row: Row, action: string): AccessPath[] {
  const { actor } = context
  const paths: AccessPath[] = []
  const levels = SHARED_FOR[action] ?? SHARED_FOR_ACTS
  if (levels.length === 0) return paths
  for (const rule of actor.scopeMembers.sharingRules)
    if (rule.object === object.name && levels.includes(rule.access))
      paths.push({ kind: 'SHARING_RULE', rule, met: ruleMet(context, object, row, rule) })
  return [...paths, { kind: 'RECORD_GRANT', met: sql`${row.column('id')} in (${grantedIds(context, object, levels)})` }]
}

/** Whose a record is: its owner's, or its creator's where nobody owns it. An object that knows neither is nobody's. */
function ownedBy(object: ObjectType, row: Row, by: (id: Sql) => Sql): Sql {
  const { owner, creator } = object.ownership
  const [ownerId, creatorId] = [owner && row.column(owner.name), creator && row.column(creator.name)]
  if (ownerId && creatorId) return or([by(ownerId), and([sql`${ownerId} is null`, by(creatorId)])])
  const id = ownerId ?? creatorId
  return id ? by(id) : sql`false`
}

function isOneOf(id: Sql, ids: string): Sql {
  return sql`${id} = any(${ids}::uuid[])`
}

function ruleMet(context: AccessContext, object: ObjectType, row: Row, rule: SharingRule): Sql {
  const type = context.schema.getType(`${object.name}Filter`)
  if (!isInputType(type)) return sql`false`
  let filter: unknown
  try {
    filter = coerceInputValue(rule.filter, type)
  } catch {
    // It speaks of what the schema has not now, such as a plugin's condition: it shares nothing.
    return sql`false`
  }
  // The administrator who wrote it may look at what those it shares with may not.
  return context.compileFilter({ ...context, isSystem: true }, object, row, filter)
}

function grantedIds(context: AccessContext, object: ObjectType, levels: readonly string[]): Sql {
  const { actor } = context
  return sql`select g.record_id from record_grants g
    where g.workspace_id = ${actor.workspaceId}::uuid and g.record_type = ${object.name} and g.deleted_at is null
      and g.access::text = any(${[...levels]}::text[]) and (g.expires_at is null or g.expires_at > now())
      and (g.user_id = ${actor.id}::uuid or g.role_id = any(${[...actor.roleIds]}::uuid[]) or g.team_id = any(${[...actor.scopeMembers.teams]}::uuid[]))`
}
