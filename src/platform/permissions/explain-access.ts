import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, join, type Sql, sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import { parsePermission, type Scope } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { AccessContext } from './access-context.ts'
import { accessRulesOn, ruleApplies, ruleCondition } from './access-rules.ts'
import { can, recordScopes } from './grants.ts'
import { type AccessPath, accessPaths } from './record-access.ts'

/** One thing that decides whether somebody reaches a record, and whether it speaks for it. */
export interface AccessStep {
  readonly kind: AccessPath['kind'] | 'EVERY_RECORD' | 'SCOPES' | 'ACCESS_RULE' | 'SUSPENDED' | 'NO_PERMISSION'
  /** Name of the role that grants it; null where none does. */
  readonly role: string | null
  /** Permission as the role or the key says it. */
  readonly permission: string | null
  /** Name of the sharing rule or of the plugin's access rule. */
  readonly rule: string | null
  readonly isMet: boolean
}

/** Whether somebody may do something to a record, and every step to that answer. */
export interface ActionAccess {
  readonly action: string
  readonly isAllowed: boolean
  readonly steps: readonly AccessStep[]
}

/** Whose access is explained. */
export interface AccessSubject {
  readonly isActive: boolean
  readonly roles: readonly { readonly name: string; readonly permissions: readonly string[] }[]
}

interface Asked {
  readonly action: string
  readonly step: Omit<AccessStep, 'isMet'>
  readonly met: Sql
}

/**
 * By which steps the subject may or may not do each of the actions to a record. The conditions are those that reads and writes
 * are made with, asked one by one, in one statement. Null where the record is not there.
 * @param context one whose actor is the subject
 */
export async function explainAccess(
  transaction: Transaction,
  context: AccessContext,
  subject: AccessSubject,
  object: ObjectType,
  uuid: string,
  actions: readonly string[],
): Promise<readonly ActionAccess[] | null> {
  const row = rowOf(context.alias(), object.model)
  const asked = actions.flatMap((action) => stepsOf(context, subject, object, row, action))
  const found = await transaction.query<{ met: (boolean | null)[] }>(
    sql`select array[${join([sql`true`, ...asked.map(({ met }) => met)])}]::boolean[] as met from ${tableOf(object, row)}
        where ${and([
          inSameWorkspace(context, row),
          sql`${row.column('id')} = ${uuid}::uuid`,
          ...(object.where ? [sql`${row.column(object.where.column.name)} = ${object.where.equals}`] : []),
        ])}`,
  )
  const [record] = found
  if (!record) return null
  const steps = asked.map(({ action, step }, index) => ({ action, ...step, isMet: record.met[index + 1] === true }))
  return actions.map((action) => explained(context, subject, object, action, steps))
}

function explained(
  context: AccessContext,
  subject: AccessSubject,
  object: ObjectType,
  action: string,
  all: readonly (AccessStep & { readonly action: string })[],
): ActionAccess {
  const steps: AccessStep[] = all
    .filter((step) => step.action === action)
    .map(({ kind, role, permission, rule, isMet }) => ({ kind, role, permission, rule, isMet }))
  const permission = `${object.singular}:${action}` as const
  if (!can(context.actor, permission))
    steps.push({ kind: 'NO_PERMISSION', role: null, permission, rule: null, isMet: false })
  if (!subject.isActive) steps.push({ kind: 'SUSPENDED', role: null, permission: null, rule: null, isMet: false })
  const ways = steps.filter(({ role }) => role !== null)
  const gates = steps.filter(({ role }) => role === null)
  return { action, isAllowed: ways.some(({ isMet }) => isMet) && gates.every(({ isMet }) => isMet), steps }
}

/** What each role gives, any of which is enough, then what has to hold beside it. */
function stepsOf(
  context: AccessContext,
  subject: AccessSubject,
  object: ObjectType,
  row: ReturnType<typeof rowOf>,
  action: string,
): Asked[] {
  const given = subject.roles.flatMap(({ name, permissions }) =>
    granting(permissions, object.singular, action).flatMap(({ texts, scope }): Asked[] => {
      const step = { role: name, permission: texts.join(' '), rule: null }
      if (scope === null) return [{ action, step: { ...step, kind: 'EVERY_RECORD' }, met: sql`true` }]
      return accessPaths(context, object, row, action, new Set([scope])).map((path) => ({
        action,
        step: { ...step, kind: path.kind, rule: path.kind === 'SHARING_RULE' ? path.rule.name : null },
        met: sql`coalesce(${path.met}, false)`,
      }))
    }),
  )
  return [...given, ...keyScopes(context, object, row, action), ...accessRules(context, object, row, action)]
}

/** An API key's own scopes, which have to reach the record too. */
function keyScopes(context: AccessContext, object: ObjectType, row: ReturnType<typeof rowOf>, action: string): Asked[] {
  const { limitedBy } = context.actor
  if (!limitedBy) return []
  const scopes = recordScopes(limitedBy, object.singular, action)
  const met = scopes
    ? and(
        scopes.map(
          (each) =>
            sql`(${join(
              accessPaths(context, object, row, action, each).map((path) => path.met),
              ' or ',
            )})`,
        ),
      )
    : sql`false`
  const permission = [...limitedBy.permissions].join(' ')
  return [{ action, step: { kind: 'SCOPES', role: null, permission, rule: null }, met: sql`coalesce(${met}, false)` }]
}

function accessRules(
  context: AccessContext,
  object: ObjectType,
  row: ReturnType<typeof rowOf>,
  action: string,
): Asked[] {
  return accessRulesOn(context.registry, object.name)
    .filter(({ rule }) => ruleApplies(context, rule, action))
    .map((owned) => {
      const condition = ruleCondition(context, owned, object, row, action)
      const met = typeof condition === 'boolean' ? (condition ? sql`true` : sql`false`) : condition
      return { action, step: { kind: 'ACCESS_RULE', role: null, permission: null, rule: owned.rule.name }, met }
    })
}

/** The permissions of a role that grant the action, as they are written, by scope. `can` decides, so that this agrees with it. */
function granting(
  permissions: readonly string[],
  object: string,
  action: string,
): { readonly texts: readonly string[]; readonly scope: Scope | null }[] {
  const byScope = new Map<Scope | null, string[]>()
  for (const text of permissions) {
    const grant = parsePermission(text)
    if (grant && can({ permissions: new Set([text]) }, `${object}:${action}`))
      byScope.set(grant.scope, [...(byScope.get(grant.scope) ?? []), text])
  }
  return [...byScope].map(([scope, texts]) => ({ scope, texts }))
}
