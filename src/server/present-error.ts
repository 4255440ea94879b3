import { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import { sqlState } from '../platform/data/transaction.ts'
import { codedError, ERROR_CODES } from '../platform/errors.ts'
import { AuthenticationError } from '../platform/identity/identity-errors.ts'
import { PluginFailedError } from '../platform/sandbox/failure.ts'
import { withoutHints } from './hints.ts'

/** How errors are told. */
export interface Presentation {
  readonly log: Logger
  /** Whether they may name parts of the schema that the client has not. */
  readonly hints: boolean
}

/** What a client may see of an error. What is no GraphQL error is logged whole and answered by its request id only. */
export function presentError(error: unknown, requestId: string, presentation: Presentation): GraphQLError {
  const { log } = presentation
  if (error instanceof GraphQLError) {
    if (error.extensions['code'] === 'PLUGIN_FAILED' && 'field' in error.extensions)
      logFailedField(error, requestId, log)
    const cause = error.originalError
    if (!cause || cause instanceof GraphQLError) return withCode(hinted(error, presentation))
    return located(error, presentError(cause, requestId, presentation))
  }
  if (error instanceof AuthenticationError) return codedError('UNAUTHENTICATED', error.message)
  if (isUnreadable(error)) {
    log.info({ err: error, requestId }, 'A request holds a value that PostgreSQL cannot read')
    return codedError('BAD_USER_INPUT', 'An argument holds a value that can’t be read. Check cursors and filters.')
  }
  if (sqlState(error) === QUERY_CANCELED) {
    log.warn({ requestId }, 'A request took longer than the statement timeout and was cut off')
    return codedError(
      'QUERY_TOO_COMPLEX',
      'The request took too long and was cut off; nothing was written. Ask for fewer levels or smaller pages.',
      { requestId },
    )
  }
  log.error({ err: error, requestId }, 'A request failed')
  if (isUnavailable(error))
    return codedError(
      'UNAVAILABLE',
      'The database cannot be reached now. Nothing was written; send the request again.',
      { requestId },
    )
  return codedError('INTERNAL', `The server failed. Report the request id ${requestId}.`, { requestId })
}

/** Nothing was written, so nobody else has told of it: a field or a query of a plugin. */
function logFailedField(error: GraphQLError, requestId: string, log: Logger): void {
  const { plugin, field } = error.extensions
  let cause: unknown = error
  while (cause instanceof GraphQLError && !(cause instanceof PluginFailedError)) cause = cause.originalError
  const reason = cause instanceof PluginFailedError ? cause.reason : undefined
  log.error({ plugin, field, reason, requestId, err: cause }, 'A plugin failed')
}

/** A variable that was refused before anything was read has a place in the document and none in the answer. */
function hinted(error: GraphQLError, { hints }: Presentation): GraphQLError {
  return hints || error.path || !error.nodes || error.nodes.length === 0 ? error : withoutHints(error)
}

/** Errors of parsing, validation and coercion carry no code, or one of the library's: what can't be understood has one. */
function withCode(error: GraphQLError): GraphQLError {
  const { code } = error.extensions
  if (typeof code === 'string' && Object.hasOwn(ERROR_CODES, code)) return error
  return located(error, codedError('BAD_USER_INPUT', error.message, httpOf(error)))
}

/** The library's status and headers for the error. A body that is no request at all has its status whatever the client accepts. */
function httpOf({ extensions: { code, http } }: GraphQLError): Readonly<Record<string, unknown>> {
  if (http === undefined) return {}
  return { http: code === 'BAD_REQUEST' ? { ...Object(http), spec: false } : http }
}

function located(at: GraphQLError, error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(at.nodes ? { nodes: at.nodes } : {}),
    ...(at.source ? { source: at.source } : {}),
    ...(at.positions ? { positions: at.positions } : {}),
    ...(at.path ? { path: at.path } : {}),
    extensions: error.extensions,
  })
}

/** A data exception (SQLSTATE class 22): the value came from the client, such as a cursor that was made by hand. */
function isUnreadable(error: unknown): boolean {
  return sqlState(error)?.startsWith('22') ?? false
}

// What the statement timeout ends with. The same request would end in the same way, so it is no fault of the moment.
const QUERY_CANCELED = '57014'

const NETWORK_CODES: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT'])

/** The connection broke or the server is shutting down (SQLSTATE classes 08, 53 and 57P). */
function isUnavailable(error: unknown): boolean {
  const state = sqlState(error)
  if (state) return state.startsWith('08') || state.startsWith('53') || state.startsWith('57P')
  if (!(error instanceof Error)) return false
  return (
    ('code' in error && NETWORK_CODES.has(error.code)) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  )
}
