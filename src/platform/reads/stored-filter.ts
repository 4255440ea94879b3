import { coerceInputValue, GraphQLError, isInputType } from 'graphql'
import { rowOf } from '../data/row.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { RequestContext } from '../request/context.ts'
import { compileFilter } from './filter/filter.ts'
import { startFinding } from './start-reading.ts'

/**
 * Returns why a value is not a valid filter of the object, or null when the value is valid: for a filter that a record stores,
 * such as that of a sharing rule. A filter has the form that lists of the object accept. `storedFilterCondition` compiles it.
 * @throws GraphQLError FORBIDDEN for a condition on a field that the caller may not read, because what the filter decides
 * would reveal the field's values.
 */
export function filterProblem(
  context: Pick<RequestContext, 'runtime' | 'actor'>,
  object: ObjectType,
  filter: unknown,
): string | null {
  const type = context.runtime.schema.getType(`${object.name}Filter`)
  if (!isInputType(type)) return `Records of ${object.name} can't be filtered.`
  if (filter === null || typeof filter !== 'object' || Array.isArray(filter))
    return 'A filter is an object, such as {"industry": {"equals": "Retail"}}.'
  const reading = startFinding(context)
  try {
    // Suggestions ("Did you mean …") are off, because they reveal names of the schema. With ERROR_HINTS=off, errors
    // must not reveal such names.
    const coerced = coerceInputValue(filter, type, undefined, true)
    compileFilter(reading, object, rowOf(reading.alias(), object.model), coerced)
    return null
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions['code'] === 'FORBIDDEN') throw error
    return `This is not a valid ${object.name}Filter. ${error.message}`
  }
}
