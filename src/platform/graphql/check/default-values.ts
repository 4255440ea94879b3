import { isDeepStrictEqual } from 'node:util'
import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLInputField,
  getNamedType,
  isLeafType,
  Kind,
  valueFromAST,
} from 'graphql'

/**
 * Returns why an argument or input field can't have its default value, as the end of a sentence; null when it can, or
 * when it has none. graphql-js does not check default values: with a wrong one the code of an operation gets a value of
 * the wrong type, or every introspection of the schema fails.
 */
export function defaultProblem({ type, defaultValue }: GraphQLArgument | GraphQLInputField): string | null {
  if (defaultValue === undefined) return null
  const wrong = `is not a value of the type ${String(type)}. Correct it, or leave it out.`
  let literal: ReturnType<typeof astFromValue>
  try {
    literal = astFromValue(defaultValue, type)
  } catch {
    return wrong
  }
  if (!literal) return wrong
  const value = valueFromAST(literal, type)
  if (value === undefined) return wrong
  // Of an input object, the value has the defaults of its own fields too, so the two need not be equal.
  const isExact = isLeafType(getNamedType(type)) && literal.kind !== Kind.LIST
  return isExact && !isDeepStrictEqual(value, defaultValue) ? wrong : null
}
