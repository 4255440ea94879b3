import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server } from 'node:http'
import { type ExecutionArgs, type FormattedExecutionResult, GraphQLError, subscribe } from 'graphql'
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import { type EventResult, endOfStream } from '../platform/changes/stream-end.ts'
import type { Authenticator } from '../platform/identity/authenticate.ts'
import { AuthenticationError } from '../platform/identity/identity-errors.ts'
import type { Actor } from '../platform/request/actor.ts'
import { MAX_BODY_BYTES } from './body.ts'
import { executeOperation, isRequestContext } from './execute-operation.ts'
import { GRAPHQL_PATH, type GraphQLParts, type GraphQLServers } from './graphql.ts'
import type { OriginOf } from './origin.ts'
import { type Presentation, presentError } from './present-error.ts'
import { OperationSocket } from './socket.ts'
import { type StreamItemKind, withoutCompletion } from './without-completion.ts'

/** The state of a connection: its actor, and the timer that closes it when the credential expires. */
type Connection = Extra & Record<PropertyKey, unknown> & { actor?: Actor; timer?: NodeJS.Timeout }

/** The services that the WebSocket server uses. */
export interface WebSocketParts extends GraphQLParts {
  readonly graphql: GraphQLServers
  readonly authenticator: Authenticator
  readonly originOf: OriginOf
}

/**
 * Serves the protocol `graphql-transport-ws` on the endpoint. The client sends the credential as `Authorization` in the
 * payload of `connection_init`, or in the headers of the HTTP request.
 */
export function serveWebSocket(server: Server, parts: WebSocketParts): { close(): Promise<void> } {
  const { authenticator, presentation, originOf } = parts
  const sockets = new WebSocketServer({
    server,
    path: GRAPHQL_PATH,
    maxPayload: MAX_BODY_BYTES,
    WebSocket: OperationSocket,
  })
  const served = useServer<Readonly<Record<string, unknown>>, Connection>(
    {
      async onConnect(context) {
        try {
          const { request } = context.extra
          context.extra.actor = await authenticator.authenticate(parameterOf(context, 'Authorization'), {
            workspace: parameterOf(context, 'X-Workspace'),
            requestId: randomUUID(),
            origin: originOf(headersOf(request), request.socket.remoteAddress),
          })
        } catch (error) {
          // A client that has sent too many wrong credentials gets the same response as a client with one wrong
          // credential, and may connect again.
          if (error instanceof AuthenticationError || error instanceof GraphQLError) return false
          throw error
        }
        closeOnExpiry(context.extra)
        return true
      },
      onClose(context) {
        clearTimeout(context.extra.timer)
      },
      async onSubscribe(context, _id, params): Promise<ExecutionArgs | readonly GraphQLError[]> {
        try {
          // The connection may have been open for hours, so the actor's rights and the plugins in use are read again.
          if (context.extra.actor) context.extra.actor = await authenticator.renew(context.extra.actor)
          return await argumentsOf(parts, context.extra, params)
        } catch (error) {
          // The credential is no longer valid. Closing the socket also ends its other streams, which need a new
          // credential too.
          if (error instanceof AuthenticationError) closeRefused(context.extra.socket, 'UNAUTHENTICATED')
          if (context.extra.actor) await parts.admission.chargeRefusal(context.extra.actor, [error])
          // The error is returned, because a thrown error would close the socket with all its other streams.
          return [
            error instanceof GraphQLError
              ? error
              : new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) }),
          ]
        }
      },
      execute: executeOperation,
      subscribe,
      onOperation: (context, _id, _params, _args, result) =>
        Symbol.asyncIterator in result
          ? withoutCompletion(result, (item) => kindOf(item, context.extra.socket))
          : undefined,
      onNext: (_context, _id, _params, { contextValue }, result) =>
        result.errors ? presentResult(result.data, result.errors, contextValue, presentation) : undefined,
      onError: (_context, _id, _params, errors) =>
        errors.map((error) => presentError(error, randomUUID(), presentation).toJSON()),
    },
    sockets,
  )
  sockets.on('connection', (socket) => {
    // The listener of the library would log a stack trace for every invalid frame that a client sends. The package ws
    // has already closed the socket.
    socket.removeAllListeners('error')
    socket.on('error', ({ message }) => presentation.log.info({ reason: message }, 'A WebSocket could not be read'))
  })
  return { close: async () => served.dispose() }
}

/**
 * Returns the execution arguments of a `subscribe` message, or its validation errors. The message passes the same
 * admission as an HTTP request.
 */
async function argumentsOf(
  { admission, graphql, originOf }: WebSocketParts,
  { actor, request }: Connection,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!actor) throw new Error('A subscribe message arrived before the connection was acknowledged.')
  const charge = await admission.countRequest(actor)
  const query = String(admission.documentOf({ ...params }))
  const document = admission.parse(query)
  const server = await graphql(actor)
  const { schema, contextFactory } = server.getEnveloped({
    actor,
    requestId: randomUUID(),
    idempotencyKey: null,
    origin: originOf(headersOf(request), request.socket.remoteAddress),
    charge,
    wantsCost: false,
    document,
    request,
    params: { ...params, query },
  })
  const problems = admission.validate(schema, document)
  if (problems.length > 0) return problems
  return {
    schema,
    document,
    // Creating the context admits the operation and charges the actor: see createGraphQLServer.
    contextValue: await contextFactory(),
    ...(params.operationName ? { operationName: params.operationName } : {}),
    ...(params.variables ? { variableValues: params.variables } : {}),
  }
}

/** Returns the headers of a Node request as an object with a method `get`, like the `Headers` of fetch. */
function headersOf({ headers }: IncomingMessage): { get(name: string): string | null } {
  return {
    get(name) {
      const value = headers[name]
      return (Array.isArray(value) ? value.join(',') : value) ?? null
    },
  }
}

/**
 * Returns how a result of a stream is handled. When the credential is no longer valid or its rights have changed,
 * closes the socket with all its streams.
 */
function kindOf(result: EventResult, socket: Extra['socket']): StreamItemKind {
  const end = endOfStream(result)
  if (end === null) return 'more'
  if (end === 'PLUGIN_DISABLED' || end === 'FAILED') return 'last'
  closeRefused(socket, end)
  return 'withheld'
}

/** Closes the socket with the code after which clients connect again with a new credential. */
function closeRefused(socket: Extra['socket'], reason: 'UNAUTHENTICATED' | 'RIGHTS_CHANGED'): void {
  socket.close(CloseCode.Forbidden, CLOSE_REASONS[reason])
}

const CLOSE_REASONS = {
  UNAUTHENTICATED: 'The credential has expired or is no longer valid',
  RIGHTS_CHANGED: 'The rights of the credential have changed',
} as const

/** Returns an execution result with its errors as clients get them. */
function presentResult(
  data: FormattedExecutionResult['data'],
  errors: readonly GraphQLError[],
  context: unknown,
  presentation: Presentation,
): FormattedExecutionResult {
  const requestId = isRequestContext(context) ? context.requestId : ''
  const presented = errors.map((error) => presentError(error, requestId, presentation).toJSON())
  // `data` is absent when the request was refused, and null when an error has propagated to the root.
  return data === undefined ? { errors: presented } : { data, errors: presented }
}

/**
 * Returns a value from the payload of `connection_init`, or from the headers of the HTTP request, which only clients
 * other than browsers can set.
 */
function parameterOf(context: Context<Readonly<Record<string, unknown>>, Connection>, name: string): string | null {
  const params = context.connectionParams ?? {}
  const lowerName = name.toLowerCase()
  const value = params[name] ?? params[lowerName] ?? context.extra.request.headers[lowerName]
  return typeof value === 'string' ? value : null
}

// The longest delay of a Node timer, about 24.8 days. Only an API key can expire later: its connection is closed
// early, and the client connects again.
const MAX_DELAY_MS = 2_147_483_647

/** Closes the connection when its credential expires. */
function closeOnExpiry(connection: Connection): void {
  const { actor, socket } = connection
  if (!actor?.expiresAt) return
  const delayMs = Math.min(Math.max(actor.expiresAt.getTime() - Date.now(), 0), MAX_DELAY_MS)
  connection.timer = setTimeout(() => closeRefused(socket, 'UNAUTHENTICATED'), delayMs).unref()
}
