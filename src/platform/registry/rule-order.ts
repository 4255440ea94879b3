import type { Plugin } from '../declare/plugin.ts'
import type { OperationRule, RecordRule, Rule } from '../declare/rules/rule.ts'
import { CompositionError } from './composition-error.ts'
import type { Registry } from './object-type.ts'

/** A rule and the plugin that brought it. */
export interface OwnedRule<Of extends Rule = RecordRule> {
  readonly plugin: Plugin
  readonly rule: Of
}

/** A rule as administrators see it. */
export interface ListedRule {
  readonly name: string
  readonly description: string
  /** Id of the plugin that brought it. */
  readonly plugin: string
  /** Object, or operation. */
  readonly subject: string
  /** Kinds of writes and acts by name; the operation itself for a rule on one. */
  readonly on: readonly string[]
  /** Place among all rules, from 1. */
  readonly position: number
  readonly isIntegral: boolean
}

const ordered = new WeakMap<Registry, readonly OwnedRule<Rule>[]>()

/**
 * All rules in the order in which they run: by what they say of each other, otherwise core's first and the plugins' in
 * their order. Throws CompositionError for rules of one name, and for rules that wait for each other in a circle.
 */
export function orderedRules(registry: Registry): readonly OwnedRule<Rule>[] {
  const known = ordered.get(registry)
  if (known) return known
  const rules = sorted(registry.plugins.flatMap((plugin) => (plugin.rules ?? []).map((rule) => ({ plugin, rule }))))
  const operations = new Set(registry.plugins.flatMap((plugin) => (plugin.operations ?? []).map(({ name }) => name)))
  for (const { plugin, rule } of rules) {
    if ('object' in rule && !registry.objects.has(rule.object))
      throw new CompositionError(`${plugin.id}: the rule ${rule.name} is on ${rule.object}, which nobody declares.`)
    if ('operation' in rule && !operations.has(rule.operation))
      throw new CompositionError(
        `${plugin.id}: the rule ${rule.name} is on the operation ${rule.operation}, which nobody declares. For a write to one record write a rule on its object.`,
      )
  }
  ordered.set(registry, rules)
  return rules
}

/** All rules, for people. */
export function listRules(registry: Registry): ListedRule[] {
  return orderedRules(registry).map(({ plugin, rule }, index) => ({
    name: rule.name,
    description: rule.description,
    plugin: plugin.id,
    subject: 'object' in rule ? rule.object : rule.operation,
    on: 'object' in rule ? rule.on : [rule.operation],
    position: index + 1,
    isIntegral: rule.isIntegral ?? false,
  }))
}

/** Rules on writes to an object's records, in the order in which they run. */
export function recordRules(registry: Registry, object: string): OwnedRule[] {
  return orderedRules(registry).flatMap(({ plugin, rule }) =>
    'object' in rule && rule.object === object ? [{ plugin, rule }] : [],
  )
}

/** Rules on an operation, in the order in which they run. */
export function operationRules(registry: Registry, operation: string): OwnedRule<OperationRule>[] {
  return orderedRules(registry).flatMap(({ plugin, rule }) =>
    'operation' in rule && rule.operation === operation ? [{ plugin, rule }] : [],
  )
}

/** Sorts rules by what they say of each other; the given order stands wherever they say nothing. */
export function sorted<Of extends OwnedRule<Rule>>(rules: readonly Of[]): Of[] {
  const places = new Map<string, number>()
  for (const [index, { plugin, rule }] of rules.entries()) {
    const other = places.get(rule.name)
    if (other !== undefined)
      throw new CompositionError(
        `Rule ${rule.name} is declared by both ${rules[other]?.plugin.id} and ${plugin.id}. Rename one.`,
      )
    places.set(rule.name, index)
  }
  // For each rule, those that come before it.
  const waitsFor = rules.map(({ rule }) => new Set((rule.runsAfter ?? []).flatMap((name) => places.get(name) ?? [])))
  for (const [index, { rule }] of rules.entries())
    for (const name of rule.runsBefore ?? []) waitsFor[places.get(name) ?? -1]?.add(index)
  const order: Of[] = []
  const waiting = new Set(rules.keys())
  while (waiting.size > 0) {
    const next = [...waiting].find((index) => ![...(waitsFor[index] ?? [])].some((other) => waiting.has(other)))
    const rule = next === undefined ? undefined : rules[next]
    if (next === undefined || !rule) throw circle(rules, waitsFor, waiting)
    waiting.delete(next)
    order.push(rule)
  }
  return order
}

function circle(
  rules: readonly OwnedRule<Rule>[],
  waitsFor: readonly ReadonlySet<number>[],
  waiting: ReadonlySet<number>,
): CompositionError {
  const path: number[] = []
  let [at] = waiting
  while (at !== undefined && !path.includes(at)) {
    path.push(at)
    at = [...(waitsFor[at] ?? [])].find((other) => waiting.has(other))
  }
  const names = path
    .slice(at === undefined ? 0 : path.indexOf(at))
    .map((index) => `${rules[index]?.rule.name} (of ${rules[index]?.plugin.id})`)
  return new CompositionError(
    `Rules wait for each other in a circle: ${names.join(', ')}. Change \`runsBefore\` or \`runsAfter\` of one.`,
  )
}
