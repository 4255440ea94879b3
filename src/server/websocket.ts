import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import { type ExecutionArgs, type FormattedExecutionResult, GraphQLError, subscribe, validate } from 'graphql'
import { CloseCode, type Context, type SubscribePayload } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import type { Logger } from 'pino'
import { WebSocketServer } from 'ws'
import type { Actor, Authenticator } from '../platform/access/actor.ts'
import { AuthenticationError } from '../platform/access/errors.ts'
import { presentError } from './errors.ts'
import { executeOperation, isRequestContext } from './execute.ts'
import { GRAPHQL_PATH, type GraphQLServers } from './graphql.ts'
import { checkLimits, MAX_BODY_BYTES, parseDocument } from './limits.ts'
import { untilLeft } from './until-left.ts'

type Connected = Extra & Record<PropertyKey, unknown> & { actor?: Actor; timer?: NodeJS.Timeout }

/** Serves `graphql-transport-ws` on the endpoint. The credential comes in the payload of `connection_init`, as `Authorization`. */
export function serveWebSocket(
  server: Server,
  graphql: GraphQLServers,
  authenticator: Authenticator,
  log: Logger,
): { close(): Promise<void> } {
  const sockets = new WebSocketServer({ server, path: GRAPHQL_PATH, maxPayload: MAX_BODY_BYTES })
  const served = useServer<Readonly<Record<string, unknown>>, Connected>(
    {
      async onConnect(context) {
        try {
          context.extra.actor = await authenticator.authenticate(credentialOf(context))
        } catch (error) {
          if (error instanceof AuthenticationError) return false
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
          return await argumentsOf(graphql, context.extra, params)
        } catch (error) {
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
        Symbol.asyncIterator in result ? untilLeft(result, context.extra.socket, tellsItsEnd) : undefined,
      onNext: (_context, _id, _params, { contextValue }, result) =>
        result.errors ? presented(result.data, result.errors, contextValue, log) : undefined,
      onError: (_context, _id, _params, errors) =>
        errors.map((error) => presentError(error, randomUUID(), log).toJSON()),
    },
    sockets,
  )
  return { close: async () => served.dispose() }
}

/** What a `subscribe` message asks to execute, or what is wrong with it. */
async function argumentsOf(
  graphql: GraphQLServers,
  { actor, request }: Connected,
  params: SubscribePayload,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  if (!actor) throw new Error('A subscription before the connection was acknowledged.')
  checkLimits(params.query, params.variables)
  const document = parseDocument(params.query)
  const server = await graphql(actor)
  const { schema, contextFactory } = server.getEnveloped({
    actor,
    requestId: randomUUID(),
    idempotencyKey: null,
    request,
    params,
  })
  const problems = validate(schema, document)
  if (problems.length > 0) return problems
  return {
    schema,
    document,
    contextValue: await contextFactory(),
    ...(params.operationName ? { operationName: params.operationName } : {}),
    ...(params.variables ? { variableValues: params.variables } : {}),
  }
}

/** Whether a result says that its stream ends though the connection goes on. */
function tellsItsEnd({ errors }: { readonly errors?: readonly GraphQLError[] | undefined }): boolean {
  return errors?.some(({ extensions }) => extensions['code'] === 'PLUGIN_DISABLED') ?? false
}

function presented(
  data: FormattedExecutionResult['data'],
  errors: readonly GraphQLError[],
  context: unknown,
  log: Logger,
): FormattedExecutionResult {
  const requestId = isRequestContext(context) ? context.requestId : ''
  const shown = errors.map((error) => presentError(error, requestId, log).toJSON())
  // Without data the request itself was refused; with null an error reached the root.
  return data === undefined ? { errors: shown } : { data, errors: shown }
}

function credentialOf(context: Context<Readonly<Record<string, unknown>>, Connected>): string | null {
  const params = context.connectionParams ?? {}
  const credential = params['Authorization'] ?? params['authorization'] ?? context.extra.request.headers.authorization
  return typeof credential === 'string' ? credential : null
}

// The longest delay that a timer takes; no token lives as long.
const MAX_DELAY = 2_147_483_647

function endWithCredential(connected: Connected): void {
  const { actor, socket } = connected
  if (!actor?.expiresAt) return
  const delay = Math.min(Math.max(actor.expiresAt.getTime() - Date.now(), 0), MAX_DELAY)
  connected.timer = setTimeout(() => socket.close(CloseCode.Forbidden, 'The credential has expired'), delay).unref()
}
