// Imports only this part of graphql-js: a plugin is imported and inspected in a separate process, and loading the whole
// package would slow that process down.
import { GraphQLError } from 'graphql/error/index.js'

/**
 * Every error code that a client can find in `extensions.code`, with its description. A problem with a write that the
 * caller can correct is an entry of `userErrors` instead.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'The request has no credential, or its credential is not valid any more.',
  FORBIDDEN: 'The credential is valid, but its roles do not allow this.',
  BAD_USER_INPUT: 'An argument cannot be parsed, or is outside its limits.',
  MIXED_CURRENCIES: 'Amounts in several currencies can not be added up or compared.',
  NO_EXCHANGE_RATE:
    'Amounts can not be converted, because there is no exchange rate at or before the day; the extensions name the currency.',
  QUERY_TOO_COMPLEX:
    'The document or its variables exceed a limit; the extensions name the limit and the value that exceeds it.',
  RATE_LIMITED:
    'The caller has used up the requests or points that it may use in a minute; the extensions say when to try again.',
  PERSISTED_QUERY_NOT_FOUND: 'The server does not know an operation with this id.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'The server has no persisted operations: send the document.',
  PERSISTED_QUERY_ID_REQUIRED: 'The server executes persisted operations only: send the id of a persisted operation.',
  IDEMPOTENCY_KEY_REUSED: 'The Idempotency-Key was used before for another request.',
  SECRET_TOLD_ONCE:
    'The first response to this Idempotency-Key contained a secret, which is returned only once and not stored.',
  PLUGIN_FAILED:
    'A plugin of the workspace threw or took too long; the extensions name the plugin. Nothing was written.',
  RIGHTS_CHANGED:
    'The permissions of the caller, or settings of a plugin, have changed since the subscription began or the export was ordered: subscribe or order again.',
  PLUGIN_DISABLED:
    'The workspace no longer uses a plugin that it used when the subscription began; the extensions name the plugin.',
  UNAVAILABLE: 'The database cannot be reached now; the same request may succeed later.',
  INTERNAL: 'An internal error of the server. The message contains the request id under which it was logged.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * Returns a GraphQL error with an error code. The message has to say what happened and what to do.
 * @param extensions Entries of the error's `extensions` besides `code`.
 */
export function codedError(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } })
}

/**
 * Returns a MIXED_CURRENCIES error.
 * @param field Coordinate of the field that has no value, such as `Opportunity.amount`.
 * @param currencies Two of the currencies of its amounts.
 * @param advice What to do instead, as a sentence.
 */
export function mixedCurrencies(field: string, [one, other]: readonly [string, string], advice: string): GraphQLError {
  return codedError(
    'MIXED_CURRENCIES',
    `${field} has amounts in several currencies here, such as ${one} and ${other}, which can't be added up or compared. ${advice}`,
  )
}

/** Returns a BAD_USER_INPUT error: an argument that the caller sent is not valid. */
export function badUserInput(message: string): GraphQLError {
  return codedError('BAD_USER_INPUT', message)
}
