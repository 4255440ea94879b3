import { coerceInputValue, isInputType } from 'graphql'
import type { Row } from '../data/row.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { AccessRule } from '../declare/rules/access-rule.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { typedFilter } from '../registry/typed-filter.ts'
import { PluginFailedError } from '../sandbox/failure.ts'
import { failureOf, runInterruptible } from '../sandbox/time-limit.ts'
import type { AccessContext } from './access-context.ts'

/** A rule and the plugin that brought it. */
export interface OwnedAccessRule {
  readonly plugin: string
  readonly isCore: boolean
  readonly rule: AccessRule
}

/** As a rule of a write has: what is trivial may wait for a processor on a busy machine. */
const BUDGET_MS = 250

const rulesByObject = new WeakMap<Registry, ReadonlyMap<string, readonly OwnedAccessRule[]>>()

/** The access rules on an object, by the plugins' order. */
export function accessRulesOn(registry: Registry, object: string): readonly OwnedAccessRule[] {
  const known = rulesByObject.get(registry)
  if (known) return known.get(object) ?? []
  const rules = new Map<string, OwnedAccessRule[]>()
  for (const { id, isCore, accessRules } of registry.plugins)
    for (const rule of accessRules ?? [])
      rules.set(rule.object, [...(rules.get(rule.object) ?? []), { plugin: id, isCore: isCore === true, rule }])
  rulesByObject.set(registry, rules)
  return rules.get(object) ?? []
}

/** Conditions that the plugins' access rules set on the rows of an object, null where one of them answers no. */
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

export function ruleApplies({ actor }: AccessContext, { name, on, isIntegral }: AccessRule, action: string): boolean {
  return on.includes(action) && (isIntegral === true || !actor.disabledRules.has(name))
}

/** What one rule says of a row. Throws PluginFailedError where it fails: nothing is shown then. */
export function ruleCondition(
  context: AccessContext,
  { plugin, isCore, rule }: OwnedAccessRule,
  object: ObjectType,
  row: Row,
  action: string,
): boolean | Sql {
  const pluginId = { plugin, name: rule.name }
  const key = `${rule.name} ${action}`
  const { actor } = context
  const ask = () => rule.decide({ actor: { id: actor.id, kind: actor.kind, roles: [...actor.roles] }, action })
  let decision = context.decisions.get(key)
  try {
    if (decision === undefined) {
      decision = isCore ? ask() : runInterruptible(BUDGET_MS, ask)
      context.decisions.set(key, decision)
    }
    if (typeof decision === 'boolean') return decision
    const type = context.schema.getType(`${object.name}Filter`)
    if (decision === null || typeof decision !== 'object' || !isInputType(type))
      throw new Error('It answers no true, false or filter.')
    const filter = coerceInputValue(typedFilter(context.registry, object, decision), type)
    return sql`coalesce(${context.compileFilter({ ...context, isSystem: true }, object, row, filter)}, false)`
  } catch (error) {
    const failure = failureOf(pluginId, BUDGET_MS, error)
    throw failure instanceof PluginFailedError ? failure : error
  }
}
