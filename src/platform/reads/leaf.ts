import type { GraphQLLeafType } from 'graphql'

/**
 * Returns a value that code computed in the form in which GraphQL returns it.
 * @throws TypeError or GraphQLError when the value is not of the type.
 */
export function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  const serialized: unknown = type.serialize(value)
  if (serialized === null || serialized === undefined) throw new TypeError('The value is null or undefined.')
  // A value that can't be JSON, such as an object that contains itself, must fail here and not when the response is
  // written.
  return type.name === 'JSON' ? JSON.parse(JSON.stringify(serialized)) : serialized
}
