import { createHash } from 'node:crypto'
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import type { Logger } from 'pino'
import type { Actor } from '../platform/access/actor.ts'
import type { RequestContext, Runtime } from '../platform/context.ts'
import { badUserInput } from '../platform/errors.ts'
import type { PluginHost } from '../platform/plugins/host.ts'
import { presentError } from './errors.ts'
import { executeOperation } from './execute.ts'
import { checkLimits, parseDocument } from './limits.ts'

/** What the transport knows of a request before GraphQL sees it. */
export interface Caller {
  readonly actor: Actor
  readonly requestId: string
  readonly idempotencyKey: string | null
}

export type GraphQLServer = YogaServerInstance<Caller, RequestContext>

export const GRAPHQL_PATH = '/graphql'

/** The server for the plugins that an actor's workspace uses. */
export type GraphQLServers = (actor: Actor) => Promise<GraphQLServer>

/** GraphQL servers, one for each set of plugins that a workspace uses, made when first asked for. */
export function createGraphQLServers(host: PluginHost, log: Logger): GraphQLServers {
  const servers = new WeakMap<Runtime, GraphQLServer>()
  return async (actor) => {
    const runtime = await host.runtimeOf(actor)
    const server = servers.get(runtime) ?? createGraphQLServer(runtime, log)
    servers.set(runtime, server)
    return server
  }
}

/** The GraphQL endpoint: one execution for HTTP, server-sent events and WebSocket. */
function createGraphQLServer(runtime: Runtime, log: Logger): GraphQLServer {
  return createYoga<Caller, RequestContext>({
    schema: runtime.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    cors: false,
    logging: false,
    maskedErrors: false,
    // The body was measured before it comes here (body.ts); measuring it again costs a third of a small request.
    maxRequestBodySize: false,
    context: ({ actor, requestId, idempotencyKey, params }): RequestContext => ({
      runtime,
      actor,
      requestId,
      idempotencyKey,
      requestHash: hashOf(params),
    }),
    plugins: [limits(), compiledExecution(), presentedErrors(log)],
  })
}

type YogaPlugin = Plugin<RequestContext, Caller>

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

function limits(): YogaPlugin {
  return {
    onParams({ params }) {
      // A body can hold anything under `query`; what is no text is refused by the check of parameters that follows.
      checkLimits(typeof params.query === 'string' ? params.query : '', params.variables)
    },
    onParse({ setParseFn }) {
      setParseFn(parseDocument)
    },
  }
}

/** The header's value, or null. Throws BAD_USER_INPUT for one that can't be a key. */
export function idempotencyKeyOf(header: string | null): string | null {
  if (header === null) return null
  if (!IDEMPOTENCY_KEY.test(header))
    throw badUserInput('Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.')
  return header
}

function compiledExecution(): YogaPlugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(executeOperation)
    },
  }
}

/** Every error leaves in one shape, whichever phase raised it. */
function presentedErrors(log: Logger): YogaPlugin {
  return {
    onResultProcess({ result, serverContext }) {
      for (const each of Array.isArray(result) ? result : [result]) {
        if (!('errors' in each) || !each.errors) continue
        const requestId = 'requestId' in serverContext ? String(serverContext.requestId) : ''
        Object.assign(each, { errors: each.errors.map((error) => presentError(error, requestId, log)) })
      }
    },
    onSubscribe() {
      return {
        onSubscribeResult: () => ({
          onNext({ args, result }) {
            if (result.errors)
              Object.assign(result, {
                errors: result.errors.map((error) => presentError(error, args.contextValue.requestId, log)),
              })
          },
        }),
      }
    },
  }
}

/** One request: the same document, variables and operation. */
function hashOf(params: {
  readonly query?: string | null
  readonly operationName?: string | null
  readonly variables?: unknown
}): string {
  return createHash('sha256')
    .update(JSON.stringify([params.query, params.operationName ?? null, params.variables ?? null]))
    .digest('base64url')
}
