import type { GraphQLError } from 'graphql/error/index.js'
import { badUserInput } from '../errors.ts'

const markedErrors = new WeakSet<object>()

/**
 * Marks an error, such as FORBIDDEN, that is thrown inside of a plugin's code and is not the plugin's fault: it goes to
 * the client unchanged, instead of being replaced by PLUGIN_FAILED. Returns the error.
 */
export function markPassThrough(error: unknown): unknown {
  if (error !== null && typeof error === 'object') markedErrors.add(error)
  return error
}

/** Whether the error was marked by {@link markPassThrough} or created by {@link badArgument}. */
export function isMarkedPassThrough(error: unknown): boolean {
  return error !== null && typeof error === 'object' && markedErrors.has(error)
}

/**
 * Returns an error to throw when the caller has to correct an argument: in `run` of a query, and in `resolve` and `select`
 * of a field of a `schema`. The client gets it with the code BAD_USER_INPUT; it does not count as a failure of the
 * plugin.
 *
 * @example if (from > to) throw badArgument('`from` is after `to`.')
 */
export function badArgument(message: string): GraphQLError {
  const error = badUserInput(message)
  markedErrors.add(error)
  return error
}
