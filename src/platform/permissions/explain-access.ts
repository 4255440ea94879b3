import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, join, type Sql, sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import { parsePermission, type Scope } from '../declare/permission.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { AccessContext } from './access-context.ts'
import { accessRulesOn, ruleApplies, ruleCondition } from './access-rules.ts'
import { can, recordScopes } from './grants.ts'
import { type AccessPath, accessPaths } from './record-access.ts'

/** One of the facts that decide whether somebody has access to a record. */
export interface AccessStep {
  readonly kind: AccessPath['kind'] | 'EVERY_RECORD' | 'SCOPES' | 'ACCESS_RULE' | 'SUSPENDED' | 'NO_PERMISSION'
  /** Name of the role that grants access by this step; null for a restriction of what the roles grant. */
  readonly role: string | null
  /**
   * For a role: its permission texts that grant the action, separated by spaces. For SCOPES: the permission texts that
   * limit the API key. For NO_PERMISSION: the missing permission. Otherwise null.
   */
  readonly permission: string | null
  /** Name of the sharing rule or of the access rule; null for other steps. */
  readonly rule: string | null
  /** For a role: whether the step gives access. For a restriction: whether the record meets it. */
  readonly isMet: boolean
}

/** Whether somebody may do an action on a record, and every step that decides it. */
export interface ActionAccess {
  readonly action: string
  readonly isAllowed: boolean
  readonly steps: readonly AccessStep[]
}

/** The actor whose access is explained. */
export interface AccessSubject {
  readonly isActive: boolean
  readonly roles: readonly { readonly name: string; readonly permissions: readonly string[] }[]
}

/** A step whose condition the database has yet to check on the record. */
interface UncheckedStep {
  readonly action: string
  readonly step: Omit<AccessStep, 'isMet'>
  readonly condition: Sql
}

/**
 * Returns, for each action, whether the subject may do it on a record, and by which steps. The conditions of the steps
 * are the same as in reads and writes; one statement checks each of them. Null when the record does not exist.
 * @param context an access context whose actor is the subject
 * @param uuid uuid of the record
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
  const unchecked = actions.flatMap((action) => stepsOf(context, subject, object, row, action))
  // The array begins with true, so that it is not empty.
  const [record] = await transaction.query<{ met: (boolean | null)[] }>(
    sql`select array[${join([sql`true`, ...unchecked.map(({ condition }) => condition)])}]::boolean[] as met from ${tableOf(object, row)}
        where ${and([
          inSameWorkspace(context, row),
          sql`${row.column('id')} = ${uuid}::uuid`,
          ...(object.where ? [sql`${row.column(object.where.column.name)} = ${object.where.equals}`] : []),
        ])}`,
  )
  if (!record) return null
  const steps = unchecked.map(({ action, step }, index) => ({ action, ...step, isMet: record.met[index + 1] === true }))
  return actions.map((action) => actionAccess(context, subject, object, action, steps))
}

/** Returns the decision on one action. `checkedSteps` contains the steps of all actions. */
function actionAccess(
  context: AccessContext,
  subject: AccessSubject,
  object: ObjectType,
  action: string,
  checkedSteps: readonly (AccessStep & { readonly action: string })[],
): ActionAccess {
  const steps: AccessStep[] = checkedSteps
    .filter((step) => step.action === action)
    .map(({ kind, role, permission, rule, isMet }) => ({ kind, role, permission, rule, isMet }))
  const permission = `${object.singular}:${action}` as const
  if (!can(context.actor, permission))
    steps.push({ kind: 'NO_PERMISSION', role: null, permission, rule: null, isMet: false })
  if (!subject.isActive) steps.push({ kind: 'SUSPENDED', role: null, permission: null, rule: null, isMet: false })
  const grants = steps.filter(({ role }) => role !== null)
  const restrictions = steps.filter(({ role }) => role === null)
  return { action, isAllowed: grants.some(({ isMet }) => isMet) && restrictions.every(({ isMet }) => isMet), steps }
}

/**
 * Returns the steps of one action: first the grants of the roles, of which one has to be met, then the restrictions,
 * which all have to be met.
 */
function stepsOf(
  context: AccessContext,
  subject: AccessSubject,
  object: ObjectType,
  row: ReturnType<typeof rowOf>,
  action: string,
): UncheckedStep[] {
  const roleSteps = subject.roles.flatMap(({ name, permissions }) =>
    grantingTexts(permissions, object.singular, action).flatMap(({ texts, scope }): UncheckedStep[] => {
      const step = { role: name, permission: texts.join(' '), rule: null }
      if (scope === null) return [{ action, step: { ...step, kind: 'EVERY_RECORD' }, condition: sql`true` }]
      return accessPaths(context, object, row, action, new Set([scope])).map((path) => ({
        action,
        step: { ...step, kind: path.kind, rule: path.kind === 'SHARING_RULE' ? path.rule.name : null },
        condition: sql`coalesce(${path.condition}, false)`,
      }))
    }),
  )
  return [
    ...roleSteps,
    ...keyScopeSteps(context, object, row, action),
    ...accessRuleSteps(context, object, row, action),
  ]
}

/**
 * Returns the step for the key scopes of an API key (`limitedBy`), which also have to cover the record; no step for an
 * actor without key scopes.
 */
function keyScopeSteps(
  context: AccessContext,
  object: ObjectType,
  row: ReturnType<typeof rowOf>,
  action: string,
): UncheckedStep[] {
  const { limitedBy } = context.actor
  if (!limitedBy) return []
  const scopes = recordScopes(limitedBy, object.singular, action)
  const condition = scopes
    ? and(
        scopes.map(
          (alternatives) =>
            sql`(${join(
              accessPaths(context, object, row, action, alternatives).map((path) => path.condition),
              ' or ',
            )})`,
        ),
      )
    : sql`false`
  const permission = [...limitedBy.permissions].join(' ')
  const step = { kind: 'SCOPES', role: null, permission, rule: null } as const
  return [{ action, step, condition: sql`coalesce(${condition}, false)` }]
}

/** Returns a step for each access rule that restricts the action. */
function accessRuleSteps(
  context: AccessContext,
  object: ObjectType,
  row: ReturnType<typeof rowOf>,
  action: string,
): UncheckedStep[] {
  return accessRulesOn(context.registry, object.name)
    .filter(({ rule }) => ruleApplies(context, rule, action))
    .map((owned) => {
      const decision = ruleCondition(context, owned, object, row, action)
      const condition = typeof decision === 'boolean' ? (decision ? sql`true` : sql`false`) : decision
      return { action, step: { kind: 'ACCESS_RULE', role: null, permission: null, rule: owned.rule.name }, condition }
    })
}

/**
 * Returns the permission texts of a role that grant the action, by scope. `can` decides on each text, so that the
 * result agrees with the checks of requests.
 */
function grantingTexts(
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
