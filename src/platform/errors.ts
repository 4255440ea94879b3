// Only that part: a plugin's import, which is inspected in a process of its own, would wait for the rest.
import { GraphQLError } from 'graphql/error/index.js'

/** Every code a client can find in `extensions.code`. What the caller can mend in a write is a `userErrors` entry instead. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'No credential, or one that is not valid any more.',
  FORBIDDEN: 'The credential is good, but its roles do not allow this.',
  BAD_USER_INPUT: 'An argument does not parse, or is out of its limits.',
  QUERY_TOO_COMPLEX:
    'The document or its variables ask for too much; the extensions name the limit and what was counted.',
  RATE_LIMITED: 'Too much was asked for in the last minute; the extensions say when to come again.',
  PERSISTED_QUERY_NOT_FOUND: 'The id names none of the operations that are known to the server.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'The server has no list of known operations: send the document.',
  PERSISTED_QUERY_ID_REQUIRED: 'The server executes known operations only: send the id of one.',
  IDEMPOTENCY_KEY_REUSED: 'The Idempotency-Key was used before for another request.',
  SECRET_TOLD_ONCE: 'The answer to this Idempotency-Key held a secret, which is told once and not kept.',
  PLUGIN_FAILED: 'A plugin of the workspace threw or took too long; the extensions name it. Nothing was written.',
  RIGHTS_CHANGED: 'What the caller may do has changed since the subscription began, so it ended: subscribe again.',
  PLUGIN_DISABLED: 'The workspace gave up a plugin that the subscription began with; the extensions name it.',
  UNAVAILABLE: 'The database cannot be reached now; the same request may succeed later.',
  INTERNAL: 'A fault of the server. The message carries the request id under which it was logged.',
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** A GraphQL error with its code. The message says what happened and what to do. */
export function codedError(
  code: ErrorCode,
  message: string,
  extensions: Readonly<Record<string, unknown>> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } })
}

/** BAD_USER_INPUT: the caller sent something that can't be understood. */
export function badUserInput(message: string): GraphQLError {
  return codedError('BAD_USER_INPUT', message)
}
