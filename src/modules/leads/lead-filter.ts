import type { PluginContext } from '../../platform/declare/plugin-context.ts'
import { invalid, type UserError } from '../../platform/declare/rules/user-errors.ts'
import { emptyPart } from '../../platform/reads/filter/empty-part.ts'
import { filterProblem } from '../../platform/reads/stored-filter.ts'
import { objectNamed } from '../../platform/registry/registry.ts'
import { workOf } from '../../platform/request/plugin-work.ts'

/**
 * Returns an error for a filter that a rule on leads is to store and that is not valid, or has a part without a condition.
 * @throws GraphQLError FORBIDDEN for a field of leads that the caller may not read: which leads meet the rule would tell of it.
 */
export function leadFilterErrors(context: PluginContext, filter: unknown): UserError[] {
  const { context: request } = workOf(context)
  const problem = filterProblem(request, objectNamed(request.runtime.registry, 'Lead'), filter)
  const empty = problem === null ? emptyPart(filter) : null
  if (problem !== null) return [invalid(['input', 'filter'], problem)]
  return empty === null ? [] : [invalid(['input', 'filter'], `${empty} has no condition: every lead would meet it.`)]
}
