import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
} from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import type { AccessRequest, AccessRule } from '../../declare/rules/access-rule.ts'
import { utcDay } from '../../formats/day.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { Registry } from '../../registry/object-type.ts'
import { typedFilter } from '../../registry/typed-filter.ts'
import { settingsReader } from '../../request/stored-settings.ts'
import { runInterruptible } from '../../sandbox/time-limit.ts'

/** Milliseconds that a rule may take for one sample. */
const BUDGET_MS = 250

const SAMPLE_TIME = new Date('2024-05-01T12:00:00.000Z')
const SAMPLE_ACTOR = '01900000-0000-7000-8000-000000000000'

/**
 * Checks the filters that the access rules of plugins return for sample requests. A rule that reads settings is left out,
 * because it may need those of a workspace; one that throws fails its requests at run time.
 * @throws CompositionError that names the plugin, the rule, the place in the filter and what is expected there.
 */
export function checkAccessRules(registry: Registry, schema: GraphQLSchema): void {
  for (const plugin of registry.plugins)
    for (const rule of plugin.accessRules ?? [])
      for (const sample of sampleRequests(rule, refuseSettings)) {
        const decision = decided(rule, sample)
        const problem = 'error' in decision ? null : filterProblem(registry, schema, rule, decision.value)
        if (problem !== null) throw new CompositionError(`${plugin.id}: ${problem}`)
      }
}

/**
 * Returns the problems of the plugin's access rules for sample requests with the defaults of its settings: a rule that
 * throws or takes too long, and a filter that the API does not have.
 */
export function accessRuleProblems(registry: Registry, schema: GraphQLSchema, plugin: Plugin): string[] {
  const problems = (plugin.accessRules ?? []).flatMap((rule) =>
    sampleRequests(rule, settingsReader(plugin, {})).flatMap((sample) => {
      const decision = decided(rule, sample)
      if ('value' in decision) return filterProblem(registry, schema, rule, decision.value) ?? []
      const { kind } = sample.actor
      return `the access rule ${rule.name} fails for ${sample.action} by an actor of the kind ${kind}: ${String(decision.error)}`
    }),
  )
  return [...new Set(problems)]
}

function refuseSettings(): never {
  throw new Error('The settings of a workspace are not known when the schema is composed.')
}

/** Returns requests of actors of each kind, with and without roles and permissions, for each action of the rule. */
function sampleRequests({ on }: AccessRule, settings: AccessRequest['settings']): AccessRequest[] {
  return on.flatMap((action) =>
    (['USER', 'API_KEY', 'PLUGIN'] as const).flatMap((kind) =>
      [true, false].map((isAllowed) => ({
        actor: { id: SAMPLE_ACTOR, kind, roles: isAllowed ? ['admin'] : [] },
        action,
        now: new Date(SAMPLE_TIME),
        today: utcDay(SAMPLE_TIME),
        can: () => isAllowed,
        settings,
      })),
    ),
  )
}

function decided(rule: AccessRule, request: AccessRequest): { readonly value: unknown } | { readonly error: unknown } {
  try {
    return { value: runInterruptible(BUDGET_MS, () => rule.decide(request)) }
  } catch (error) {
    return { error }
  }
}

/** Returns what is wrong with a decision, or null. */
function filterProblem(registry: Registry, schema: GraphQLSchema, rule: AccessRule, decision: unknown): string | null {
  const object = registry.objects.get(rule.object)
  const type = schema.getType(`${rule.object}Filter`)
  if (typeof decision === 'boolean' || !object || !isInputType(type)) return null
  if (decision === null || typeof decision !== 'object')
    return `the access rule ${rule.name} returned ${String(decision)}. Return true, false or a filter of ${object.name}.`
  const problems: string[] = []
  coerceInputValue(typedFilter(registry, object, decision), type, (path, _value, { message }) => {
    problems.push(`${path.length > 0 ? `at \`${path.join('.')}\`: ` : ''}${message} ${expected(type, path)}`.trimEnd())
  })
  const [problem] = problems
  return problem === undefined
    ? null
    : `the access rule ${rule.name} returned a filter that ${object.name}Filter does not allow: ${problem}`
}

/** Returns which conditions the filter may have at a path; an empty text when it is no object there. */
function expected(filter: GraphQLInputType, path: readonly (string | number)[]): string {
  let type: GraphQLInputType = getNullableType(filter)
  for (const step of path) {
    if (isListType(type) && typeof step === 'number') type = getNullableType(type.ofType)
    else {
      const field = isInputObjectType(type) ? type.getFields()[step] : undefined
      if (!field) break
      type = getNullableType(field.type)
    }
  }
  if (!isInputObjectType(type)) return ''
  const names = Object.keys(type.getFields())
  const example = names.includes('equals') ? 'equals' : names[0]
  return `Write an object with conditions, such as { ${example}: … }; ${type.name} has ${names.join(', ')}.`
}
