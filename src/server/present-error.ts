import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { sqlState } from '../platform/data/transaction.ts'
import { codedError, ERROR_CODES } from '../platform/errors.ts'
import { AuthenticationError } from '../platform/identity/identity-errors.ts'
import { PluginFailedError } from '../platform/sandbox/failure.ts'
import { withoutHints } from './hints.ts'

/** How errors are logged and returned to clients. */
export interface Presentation {
  readonly log: Logger
  /** Whether messages may name parts of the schema that the client's document does not name. */
  readonly hints: boolean
}

/**
 * Returns the error that a client gets. A GraphQL error keeps its message. Any other error is replaced by a general
 * error with a code. Unexpected errors are logged with all details, and the client gets only the request id.
 */
export function presentError(error: unknown, requestId: string, presentation: Presentation): GraphQLError {
  const { log } = presentation
  if (error instanceof GraphQLError) {
    if (error.extensions['code'] === 'PLUGIN_FAILED' && 'field' in error.extensions)
      logPluginFailure(error, requestId, log)
    const cause = error.originalError
    if (!cause || cause instanceof GraphQLError) return withCode(hideHints(error, presentation))
    return withLocation(error, presentError(cause, requestId, presentation))
  }
  if (error instanceof AuthenticationError) return codedError('UNAUTHENTICATED', error.message)
  if (isUnreadable(error)) {
    log.info({ err: error, requestId }, 'A request contains a value that PostgreSQL cannot read')
    return codedError('BAD_USER_INPUT', 'An argument contains a value that can’t be read. Check cursors and filters.')
  }
  if (sqlState(error) === QUERY_CANCELED) {
    log.warn({ requestId }, 'A request exceeded the statement timeout and was cancelled')
    return codedError(
      'QUERY_TOO_COMPLEX',
      'The request took too long and was cancelled; nothing was written. Request fewer levels or smaller pages.',
      { requestId },
    )
  }
  log.error({ err: error, requestId }, 'A request failed')
  if (isUnavailable(error))
    return codedError(
      'UNAVAILABLE',
      // A connection may also break after COMMIT was sent, so this can't promise that nothing was written.
      'The database cannot be reached at this time. Send the request again. If it writes, use the header Idempotency-Key: a write that was done is then not repeated.',
      { requestId },
    )
  return codedError('INTERNAL', `The server failed. Report the request id ${requestId}.`, { requestId })
}

/** Logs the failure of a plugin's field or query. Failures in writes are already logged by `onPluginFailure`. */
function logPluginFailure(error: GraphQLError, requestId: string, log: Logger): void {
  const { plugin, field } = error.extensions
  let cause: unknown = error
  while (cause instanceof GraphQLError && cause.originalError && !(cause instanceof PluginFailedError))
    cause = cause.originalError
  const reason = cause instanceof PluginFailedError ? cause.reason : undefined
  log.error({ plugin, field, reason, requestId, err: cause }, 'A plugin failed')
}

/**
 * Returns an error without schema names when hints are off. Only errors of validation and of variables contain such
 * names. Those errors have a position in the document and no path in the response.
 */
function hideHints(error: GraphQLError, { hints }: Presentation): GraphQLError {
  return hints || error.path || !error.nodes || error.nodes.length === 0 ? error : withoutHints(error)
}

/**
 * Returns an error with one of the codes of this API. Errors of parsing, validation and coercion have no such code and
 * get BAD_USER_INPUT.
 */
function withCode(error: GraphQLError): GraphQLError {
  const { code } = error.extensions
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)) return error
  return withLocation(error, codedError('BAD_USER_INPUT', error.message, httpOf(error)))
}

/**
 * Returns the HTTP status and headers that the library (Yoga) has set for the error, as an extension. For a body that
 * is not a GraphQL request, `spec: false` makes the status independent of the content type that the client accepts.
 */
function httpOf({ extensions: { code, http } }: GraphQLError): Readonly<Record<string, unknown>> {
  if (http === undefined) return {}
  return { http: code === 'BAD_REQUEST' ? { ...Object(http), spec: false } : http }
}

/** Returns an error with the positions and path of `location`. */
function withLocation(location: GraphQLError, error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(location.nodes ? { nodes: location.nodes } : {}),
    ...(location.source ? { source: location.source } : {}),
    ...(location.positions ? { positions: location.positions } : {}),
    ...(location.path ? { path: location.path } : {}),
    extensions: error.extensions,
  })
}

/**
 * Whether an error is a data exception (SQLSTATE class 22). The value that causes such an error comes from the client,
 * for example in a cursor that the server did not create.
 */
function isUnreadable(error: unknown): boolean {
  return sqlState(error)?.startsWith('22') ?? false
}

// The SQLSTATE of the statement timeout. A timeout is not reported as a temporary error, because the same request would
// time out again.
const QUERY_CANCELED = '57014'

const NETWORK_CODES: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'])

/**
 * Whether the connection broke, or PostgreSQL lacks resources or is shutting down (SQLSTATE classes 08, 53 and 57P).
 */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error)
  if (state) return state.startsWith('08') || state.startsWith('53') || state.startsWith('57P')
  if (!(error instanceof Error)) return false
  return (
    ('code' in error && NETWORK_CODES.has(error.code)) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  )
}
