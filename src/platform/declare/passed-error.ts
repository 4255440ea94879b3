import type { GraphQLError } from 'graphql/error/index.js'
import { badUserInput } from '../errors.ts'

const passing = new WeakSet<object>()

/** Marks an error that is not the fault of the plugin in whose code it surfaces, such as FORBIDDEN: it passes as it is. */
export function passed(error: unknown): unknown {
  if (error !== null && typeof error === 'object') passing.add(error)
  return error
}

/** Whether an error is marked so. */
export function isPassed(error: unknown): boolean {
  return error !== null && typeof error === 'object' && passing.has(error)
}

/** For a query of a plugin: an argument that the caller has to mend. Told as BAD_USER_INPUT, and no failure of the plugin. */
export function badArgument(message: string): GraphQLError {
  const error = badUserInput(message)
  passing.add(error)
  return error
}
