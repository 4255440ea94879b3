import type { Plugin } from '../declare/plugin.ts'
import type { OperationRule, RecordRule, Rule } from '../declare/rules/rule.ts'
import { CompositionError } from './composition-error.ts'
import type { Registry } from './object-type.ts'

/** A rule and the plugin that declares it. */
export interface OwnedRule<Of extends Rule = RecordRule> {
  readonly plugin: Plugin
  readonly rule: Of
}

/** A rule as the list for administrators shows it. */
export interface ListedRule {
  readonly name: string
  readonly description: string
  /** Id of the plugin that declares the rule. */
  readonly plugin: string
  /** Name of the object or of the operation that the rule is on. */
  readonly subject: string
  /** Kinds of writes and names of business acts; for a rule on an operation the name of the operation. */
  readonly on: readonly string[]
  /** Position in the order of all rules, from 1. */
  readonly position: number
  /** Whether administrators can't disable the rule. */
  readonly isIntegral: boolean
}

const rulesByRegistry = new WeakMap<Registry, readonly OwnedRule<Rule>[]>()

/**
 * Returns all rules in the order in which they run: by their `runsBefore` and `runsAfter`, otherwise in the order of
 * `registry.plugins`, which begins with core.
 * @throws CompositionError when two rules have the same name, the order is circular, or a rule is on an object or
 * operation that does not exist, or runs in two ways at the same time.
 */
export function orderedRules(registry: Registry): readonly OwnedRule<Rule>[] {
  const cached = rulesByRegistry.get(registry)
  if (cached) return cached
  const rules = sortRules(registry.plugins.flatMap((plugin) => (plugin.rules ?? []).map((rule) => ({ plugin, rule }))))
  const operations = new Set(registry.plugins.flatMap((plugin) => (plugin.operations ?? []).map(({ name }) => name)))
  for (const { plugin, rule } of rules) {
    if ('object' in rule && !registry.objects.has(rule.object))
      throw new CompositionError(`${plugin.id}: the rule ${rule.name} is on ${rule.object}, which no plugin declares.`)
    if ('operation' in rule && !operations.has(rule.operation))
      throw new CompositionError(
        `${plugin.id}: the rule ${rule.name} is on the operation ${rule.operation}, which no plugin declares. A rule on writes of records names their object instead.`,
      )
    for (const when of ['before', 'after'] as const)
      if ('object' in rule && rule[when] && rule[`${when}All`])
        throw new CompositionError(
          `${plugin.id}: the rule ${rule.name} has both ${when} and ${when}All. Keep ${when}All, which gets a single write as a list of one.`,
        )
  }
  rulesByRegistry.set(registry, rules)
  return rules
}

/** Returns all rules in the order in which they run, for the list for administrators. */
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

/** Returns the rules on writes of an object's records, in the order in which they run. */
export function recordRules(registry: Registry, object: string): OwnedRule[] {
  return orderedRules(registry).flatMap(({ plugin, rule }) =>
    'object' in rule && rule.object === object ? [{ plugin, rule }] : [],
  )
}

/** Returns the rules on an operation, in the order in which they run. */
export function operationRules(registry: Registry, operation: string): OwnedRule<OperationRule>[] {
  return orderedRules(registry).flatMap(({ plugin, rule }) =>
    'operation' in rule && rule.operation === operation ? [{ plugin, rule }] : [],
  )
}

/**
 * Returns the rules sorted by their `runsBefore` and `runsAfter`. Rules that `runsBefore` and `runsAfter` do not order
 * stay in the given order.
 * @throws CompositionError when two rules have the same name or the order is circular.
 */
export function sortRules<Of extends OwnedRule<Rule>>(rules: readonly Of[]): Of[] {
  const indexes = new Map<string, number>()
  for (const [index, { plugin, rule }] of rules.entries()) {
    const other = indexes.get(rule.name)
    if (other !== undefined)
      throw new CompositionError(
        `Rule ${rule.name} is declared by both ${rules[other]?.plugin.id} and ${plugin.id}. Rename one.`,
      )
    indexes.set(rule.name, index)
  }
  // For each rule, the indexes of the rules that run before it.
  const predecessors = rules.map(
    ({ rule }) => new Set((rule.runsAfter ?? []).flatMap((name) => indexes.get(name) ?? [])),
  )
  for (const [index, { rule }] of rules.entries())
    for (const name of rule.runsBefore ?? []) predecessors[indexes.get(name) ?? -1]?.add(index)
  const order: Of[] = []
  const unsorted = new Set(rules.keys())
  while (unsorted.size > 0) {
    const next = [...unsorted].find(
      (index) => ![...(predecessors[index] ?? [])].some((predecessor) => unsorted.has(predecessor)),
    )
    const rule = next === undefined ? undefined : rules[next]
    if (next === undefined || !rule) throw circularOrder(rules, predecessors, unsorted)
    unsorted.delete(next)
    order.push(rule)
  }
  return order
}

/** Returns the error for rules that can't be sorted. Its message names rules that run after each other in a circle. */
function circularOrder(
  rules: readonly OwnedRule<Rule>[],
  predecessors: readonly ReadonlySet<number>[],
  unsorted: ReadonlySet<number>,
): CompositionError {
  const path: number[] = []
  let [current] = unsorted
  while (current !== undefined && !path.includes(current)) {
    path.push(current)
    current = [...(predecessors[current] ?? [])].find((predecessor) => unsorted.has(predecessor))
  }
  const names = path
    .slice(current === undefined ? 0 : path.indexOf(current))
    .map((index) => `${rules[index]?.rule.name} (of ${rules[index]?.plugin.id})`)
  return new CompositionError(
    `Rules that run after each other form a circle: ${names.join(', ')}. Change \`runsBefore\` or \`runsAfter\` of one.`,
  )
}
