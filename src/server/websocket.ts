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
import { untilLeft, type Word } from './until-left.ts'

type Connected = Extra & Record<PropertyKey, unknown> & { actor?: Actor; timer?: NodeJS.Timeout }

export interface WebSocketParts extends GraphQLParts {
  readonly graphql: GraphQLServers
  readonly authenticator: Authenticator
  readonly originOf: OriginOf
}

/** Serves `graphql-transport-ws` on the endpoint. The credential comes in the payload of `connection_init`, as `Authorization`. */
export function serveWebSocket(server: Server, parts: WebSocketParts): { close(): Promise<void> } {
  const { authenticator, presentation, originOf } = parts
  const sockets = new WebSocketServer({
    server,
    path: GRAPHQL_PATH,
    maxPayload: MAX_BODY_BYTES,
    WebSocket: OperationSocket,
  })
  const served = useServer<Readonly<Record<string, unknown>>, Connected>(
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
          // Who has tried too many credentials is refused like who has a wrong one, and may come back.
          if (error instanceof AuthenticationError || error instanceof GraphQLError) return false
          throw error
        }
        endWithCredential(context.extra)
        return true
      },
      onClose(context) {
        clearTimeout(context.extra.timer)
      },
      async onSubscribe(context, _id, params): Promise<ExecutionArgs | readonly GraphQLError[]> {
        try {
          // The connection may be hours old: what its actor may do and which plugins there are is asked anew.
          if (context.extra.actor) context.extra.actor = await authenticator.renew(context.extra.actor)
          return await argumentsOf(parts, context.extra, params)
        } catch (error) {
          // Whoever is not let in any more has to come back with another credential, also for the socket's other streams.
          if (error instanceof AuthenticationError) refuse(context.extra.socket, 'UNAUTHENTICATED')
          if (context.extra.actor) await parts.admission.refuse(context.extra.actor, [error])
          // Whatever else is thrown here would close the socket, and with it every other stream on it.
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
        Symbol.asyncIterator in result ? untilLeft(result, (item) => wordOf(item, context.extra.socket)) : undefined,
      onNext: (_context, _id, _params, { contextValue }, result) =>
        result.errors ? presented(result.data, result.errors, contextValue, presentation) : undefined,
      onError: (_context, _id, _params, errors) =>
        errors.map((error) => presentError(error, randomUUID(), presentation).toJSON()),
    },
    sockets,
  )
  sockets.on('connection', (socket) => {
    // The library would write a stack trace for whatever a client sends that is no message; ws has closed the socket by then.
    socket.removeAllListeners('error')
    socket.on('error', ({ message }) => presentation.log.info({ reason: message }, 'A WebSocket could not be read'))
  })
  return { close: async () => served.dispose() }
}

/** What a `subscribe` message asks to execute, or what is wrong with it. It passes the same as a request by HTTP. */
async function argumentsOf(
  { admission, graphql, originOf }: WebSocketParts,
  { actor, request }: Connected,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!actor) throw new Error('A subscription before the connection was acknowledged.')
  const charge = await admission.arrive(actor)
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
    // Has the actor pay: see createGraphQLServer.
    contextValue: await contextFactory(),
    ...(params.operationName ? { operationName: params.operationName } : {}),
    ...(params.variables ? { variableValues: params.variables } : {}),
  }
}

/** Headers as a fetch request has them. */
function headersOf({ headers }: IncomingMessage): { get(name: string): string | null } {
  return {
    get(name) {
      const value = headers[name]
      return (Array.isArray(value) ? value.join(',') : value) ?? null
    },
  }
}

/** What a result says of its stream. Where the credential or its rights are others now, all that the socket carries ends with it. */
function wordOf(result: EventResult, socket: Extra['socket']): Word {
  const end = endOfStream(result)
  if (end === null) return 'more'
  if (end === 'PLUGIN_DISABLED' || end === 'FAILED') return 'last'
  refuse(socket, end)
  return 'untold'
}

/** Closes with the code on which clients connect again, with a new credential. */
function refuse(socket: Extra['socket'], why: 'UNAUTHENTICATED' | 'RIGHTS_CHANGED'): void {
  socket.close(CloseCode.Forbidden, REFUSALS[why])
}

const REFUSALS = {
  UNAUTHENTICATED: 'The credential is not valid any more, or has expired',
  RIGHTS_CHANGED: 'The rights of the credential have changed',
} as const

function presented(
  data: FormattedExecutionResult['data'],
  errors: readonly GraphQLError[],
  context: unknown,
  presentation: Presentation,
): FormattedExecutionResult {
  const requestId = isRequestContext(context) ? context.requestId : ''
  const shown = errors.map((error) => presentError(error, requestId, presentation).toJSON())
  // Without data the request itself was refused; with null an error reached the root.
  return data === undefined ? { errors: shown } : { data, errors: shown }
}

/** A value of `connection_init`, or else of the request's headers, which browsers can't set. */
function parameterOf(context: Context<Readonly<Record<string, unknown>>, Connected>, name: string): string | null {
  const params = context.connectionParams ?? {}
  const lower = name.toLowerCase()
  const value = params[name] ?? params[lower] ?? context.extra.request.headers[lower]
  return typeof value === 'string' ? value : null
}

// The longest delay that a timer takes; no token lives as long.
const MAX_DELAY = 2_147_483_647

function endWithCredential(connected: Connected): void {
  const { actor, socket } = connected
  if (!actor?.expiresAt) return
  const delay = Math.min(Math.max(actor.expiresAt.getTime() - Date.now(), 0), MAX_DELAY)
  connected.timer = setTimeout(() => refuse(socket, 'UNAUTHENTICATED'), delay).unref()
}
