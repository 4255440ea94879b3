import { coerceInputValue, isInputType } from 'graphql'
import type { Row } from '../data/row.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { AccessRule } from '../declare/rules/access-rule.ts'
import { dayIn } from '../formats/day.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { typedFilter } from '../registry/typed-filter.ts'
import { PluginFailedError } from '../sandbox/failure.ts'
import { failureOf, runInterruptible } from '../sandbox/time-limit.ts'
import type { AccessContext } from './access-context.ts'
import { requestFacts } from './request-facts.ts'

/** An access rule and the plugin that declares it. */
export interface OwnedAccessRule {
  readonly plugin: Plugin
  readonly rule: AccessRule
}

/**
 * Time limit of one call of a plugin's access rule. It is as long as for rules of writes, because on a busy machine
 * even trivial code may wait for a processor.
 */
const BUDGET_MS = 250

const rulesByObject = new WeakMap<Registry, ReadonlyMap<string, readonly OwnedAccessRule[]>>()

/** Returns the access rules on an object, in the order of the plugins. */
export function accessRulesOn(registry: Registry, object: string): readonly OwnedAccessRule[] {
  const cached = rulesByObject.get(registry)
  if (cached) return cached.get(object) ?? []
  const rules = new Map<string, OwnedAccessRule[]>()
  for (const plugin of registry.plugins)
    for (const rule of plugin.accessRules ?? [])
      rules.set(rule.object, [...(rules.get(rule.object) ?? []), { plugin, rule }])
  rulesByObject.set(registry, rules)
  return rules.get(object) ?? []
}

/**
 * Returns the conditions that the access rules set on the rows of an object. Returns null when a rule returns false,
 * which denies the action on all rows.
 */
export function accessRuleConditions(
  context: AccessContext,
  object: ObjectType,
  row: Row,
  action: string,
): Sql[] | null {
  const conditions: Sql[] = []
  for (const owned of accessRulesOn(context.registry, object.name)) {
    if (!ruleApplies(context, owned.rule, action)) continue
    const condition = ruleCondition(context, owned, object, row, action)
    if (condition === false) return null
    if (condition !== true) conditions.push(condition)
  }
  return conditions
}

/** Whether the rule restricts the action, and the workspace has not disabled it. Integral rules can't be disabled. */
export function ruleApplies({ actor }: AccessContext, { name, on, isIntegral }: AccessRule, action: string): boolean {
  return on.includes(action) && (isIntegral === true || !actor.disabledRules.has(name))
}

/**
 * Returns the decision of one rule for a row: true or false for all rows of the object, or a condition on the row.
 * @throws PluginFailedError when the rule of a plugin fails, so that no records are shown
 */
export function ruleCondition(
  context: AccessContext,
  { plugin, rule }: OwnedAccessRule,
  object: ObjectType,
  row: Row,
  action: string,
): boolean | Sql {
  const part = { plugin: plugin.id, name: rule.name }
  const key = `${rule.name} ${action}`
  const { actor, now } = context
  const decide = () =>
    rule.decide({
      actor: { id: actor.id, kind: actor.kind, roles: [...actor.roles] },
      action,
      // A copy, because the rule could change the Date.
      now: new Date(now),
      today: dayIn(actor.calendar.timeZone, now),
      // Without `isSystem`: the decision is the same wherever the statement asks for it.
      ...requestFacts({ actor }, plugin),
    })
  let decision = context.decisions.get(key)
  try {
    if (decision === undefined) {
      decision = plugin.isCore ? decide() : runInterruptible(BUDGET_MS, decide)
      context.decisions.set(key, decision)
    }
    if (typeof decision === 'boolean') return decision
    const type = context.schema.getType(`${object.name}Filter`)
    if (decision === null || typeof decision !== 'object' || !isInputType(type))
      throw new Error('It returned neither true, false nor a filter.')
    // `isSystem`: the plugin wrote the filter, so it may use fields that the caller may not read.
    const filter = coerceInputValue(typedFilter(context.registry, object, decision), type)
    return sql`coalesce(${context.compileFilter({ ...context, isSystem: true }, object, row, filter)}, false)`
  } catch (error) {
    const failure = failureOf(part, BUDGET_MS, error)
    throw failure instanceof PluginFailedError ? failure : error
  }
}
