import type { GraphQLLeafType } from 'graphql'

/** A value that code answers, as GraphQL answers it. Throws TypeError or GraphQLError for one that is not of the type. */
export function leafValue(type: GraphQLLeafType, value: unknown): unknown {
  const answer: unknown = type.serialize(value)
  if (answer === null || answer === undefined) throw new TypeError('It is no value.')
  // What has no JSON, such as a cycle, must not come as far as the response.
  return type.name === 'JSON' ? JSON.parse(JSON.stringify(answer)) : answer
}
