import type { Server } from 'node:http'
import { randomUUID } from 'node:crypto'
import { CloseCode, type Context } from 'graphql-ws'
import { type Extra, useServer } from 'graphql-ws/use/ws'
import { type ExecutionArgs, subscribe } from 'graphql'
import { WebSocketServer } from 'ws'
import type { Actor, Authenticator } from '../platform/access/actor.ts'
import { AuthenticationError } from '../platform/access/errors.ts'
import { GRAPHQL_PATH, type GraphQLServer } from './graphql.ts'
import { checkLimits, MAX_BODY_BYTES } from './limits.ts'
import { executeOperation } from './execute.ts'

type Connected = Extra & Record<PropertyKey, unknown> & { actor?: Actor; timer?: NodeJS.Timeout }

/** Serves `graphql-transport-ws` on the endpoint. The credential comes in the payload of `connection_init`, as `Authorization`. */
export function serveWebSocket(server: Server, graphql: GraphQLServer, authenticator: Authenticator): { close(): Promise<void> } {
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
      async onSubscribe(context, _id, params): Promise<ExecutionArgs> {
        const { actor } = context.extra
        if (!actor) throw new Error('A subscription before the connection was acknowledged.')
        checkLimits(params.query, params.variables)
        const caller = { actor, requestId: randomUUID(), idempotencyKey: null, request: context.extra.request, params }
        const { schema, contextFactory, parse } = graphql.getEnveloped(caller)
        return {
          schema,
          document: parse(params.query),
          contextValue: await contextFactory(),
          ...(params.operationName ? { operationName: params.operationName } : {}),
          ...(params.variables ? { variableValues: params.variables } : {}),
        }
      },
      execute: executeOperation,
      subscribe,
    },
    sockets,
  )
  return { close: async () => served.dispose() }
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
