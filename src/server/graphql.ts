import { createHash } from 'node:crypto'
import { type DocumentNode, type ExecutionArgs, GraphQLError } from 'graphql'
import { createYoga, type GraphQLParams, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { badUserInput, codedError } from '../platform/errors.ts'
import type { Actor } from '../platform/request/actor.ts'
import type { PluginHost, RequestContext, Runtime } from '../platform/request/context.ts'
import type { RequestOrigin } from '../platform/request/origin.ts'
import type { Admission, RequestCharge } from './admission.ts'
import { executeOperation } from './execute-operation.ts'
import { explained, withExplanation } from './explain.ts'
import { type Presentation, presentError } from './present-error.ts'
import { httpOfRateLimit } from './rates/headers.ts'

/** What the transport (HTTP or WebSocket) passes to the GraphQL server with a request. */
export interface TransportContext {
  readonly actor: Actor
  readonly requestId: string
  readonly idempotencyKey: string | null
  readonly origin: RequestOrigin
  /** How much of the actor's rates the request has used. */
  readonly charge: RequestCharge
  /** Whether the client requested the cost of its operation in the response. */
  readonly wantsCost: boolean
  /** The parsed document of the operation; set when the document is validated. */
  document?: DocumentNode
}

/** The services that all GraphQL servers share. There is one GraphQL server for each set of plugins in use. */
export interface GraphQLParts {
  readonly admission: Admission
  readonly presentation: Presentation
}

export type GraphQLServer = YogaServerInstance<TransportContext, RequestContext>

export const GRAPHQL_PATH = '/graphql'

/** Returns the GraphQL server for the plugins that are in use in the actor's workspace. */
export type GraphQLServers = (actor: Actor) => Promise<GraphQLServer>

/**
 * Creates one GraphQL server for each set of plugins that a workspace uses, when the first request needs the server.
 */
export function createGraphQLServers(host: PluginHost, parts: GraphQLParts): GraphQLServers {
  const servers = new WeakMap<Runtime, GraphQLServer>()
  return async (actor) => {
    const runtime = await host.runtimeOf(actor)
    const server = servers.get(runtime) ?? createGraphQLServer(runtime, parts)
    servers.set(runtime, server)
    return server
  }
}

/**
 * Creates the GraphQL server for one set of plugins. It executes the operations that arrive over HTTP, as server-sent
 * events or over WebSocket.
 */
function createGraphQLServer(runtime: Runtime, { admission, presentation }: GraphQLParts): GraphQLServer {
  return createYoga<TransportContext, RequestContext>({
    schema: runtime.schema,
    graphqlEndpoint: GRAPHQL_PATH,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    cors: false,
    logging: false,
    maskedErrors: false,
    // The size of the body was already checked in body.ts. Yoga's check would take a third of the time of a small
    // request.
    maxRequestBodySize: false,
    // The admission has a cache for parsed and validated documents, which WebSocket uses too.
    parserAndValidationCache: false,
    async context({ actor, requestId, idempotencyKey, origin, charge, document, params }): Promise<RequestContext> {
      if (document) await admission.admit(charge, actor, runtime.schema, document, params)
      const explainable = explained(runtime, params.extensions, presentation.hints)
      return { ...explainable, actor, requestId, origin, idempotencyKey, requestHash: hashOf(params) }
    },
    plugins: [
      admitRequests(admission),
      executeCompiled(),
      presentErrors(presentation),
      reportCost(),
      chargeRefusals(admission),
    ],
  })
}

type YogaPlugin = Plugin<RequestContext, TransportContext>

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

/** Parses and validates requests through the admission. */
function admitRequests(admission: Admission): YogaPlugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      if (request.method === 'POST') setRequestParser((posted) => readBody(posted, admission))
    },
    onParams({ params, setParams }) {
      // A body can be any JSON value: later checks refuse a body that is not an object and a `query` that is not a
      // string.
      if (params === null || typeof params !== 'object') return
      const { documentId, ...request }: typeof params & { readonly documentId?: unknown } = params
      const query = admission.documentOf({ ...request, documentId })
      setParams(query === request.query ? request : { ...request, query: String(query) })
    },
    onParse({ setParseFn }) {
      setParseFn(admission.parse)
    },
    onValidate({ params, setValidationFn, context }) {
      setValidationFn(admission.validate)
      Object.assign(context, { document: params.documentAST })
    },
  }
}

/** Reads the body of a POST. Throws BAD_USER_INPUT when it is not one JSON object. */
async function readBody(request: Request, admission: Admission): Promise<GraphQLParams> {
  const text = await request.text()
  admission.checkBody(text)
  const body = parsedJson(text)
  if (Array.isArray(body))
    throw badBody('A request must contain one operation, not an array of operations. Send each in its own request.')
  if (body === null || typeof body !== 'object') throw badBody('The request must be a JSON object with a `query`.')
  return body
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('The request is not valid JSON.')
  }
}

function badBody(message: string): GraphQLError {
  return codedError('BAD_USER_INPUT', message, { http: { status: 400 } })
}

/**
 * Returns the value of the header Idempotency-Key, with which a client can safely repeat a mutation; null when the
 * request does not have the header. Throws BAD_USER_INPUT when the value is not a valid key.
 */
export function idempotencyKeyOf(header: string | null): string | null {
  if (header === null) return null
  if (!IDEMPOTENCY_KEY.test(header))
    throw badUserInput('Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID.')
  return header
}

/** Executes operations with `executeOperation`, and explains them where the client asks for it. */
function executeCompiled(): YogaPlugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => withExplanation(await executeOperation(args), args.contextValue))
    },
  }
}

/** Replaces every error of a response by the error that `presentError` returns, in every phase of the request. */
function presentErrors(presentation: Presentation): YogaPlugin {
  const present = (error: unknown, requestId: string) => {
    const presented = presentError(error, requestId, presentation)
    const http = httpOfRateLimit(presented)
    return http ? new GraphQLError(presented.message, { extensions: { ...presented.extensions, http } }) : presented
  }
  return {
    onResultProcess({ result, serverContext }) {
      for (const executed of Array.isArray(result) ? result : [result]) {
        if (!('errors' in executed) || !executed.errors) continue
        const requestId = 'requestId' in serverContext ? String(serverContext.requestId) : ''
        Object.assign(executed, { errors: executed.errors.map((error) => present(error, requestId)) })
      }
    },
    onSubscribe() {
      return {
        onSubscribeResult: () => ({
          onNext({ args, result }) {
            if (result.errors)
              Object.assign(result, {
                errors: result.errors.map((error) => present(error, args.contextValue.requestId)),
              })
          },
        }),
      }
    },
  }
}

/** Charges the actor for requests that exceed a limit. */
function chargeRefusals(admission: Admission): YogaPlugin {
  return {
    onResultProcess({ result, serverContext }) {
      if (!('errors' in result) || !result.errors || !('actor' in serverContext)) return undefined
      return admission.chargeRefusal(serverContext.actor, result.errors)
    },
  }
}

/** Adds the cost of an operation to the response when the client requested it. */
function reportCost(): YogaPlugin {
  return {
    onExecutionResult({ result, context }) {
      const { wantsCost, charge } = context
      if (!wantsCost || charge.cost === null || !result || Symbol.asyncIterator in result || Array.isArray(result))
        return
      const cost = {
        requested: charge.cost,
        limit: charge.points?.limit ?? null,
        remaining: charge.points?.remaining ?? null,
      }
      Object.assign(result, { extensions: { ...result.extensions, cost } })
    },
  }
}

/**
 * Returns a hash that is equal for requests with the same document, operation name and variables. It shows whether an
 * idempotency key is used again for another request.
 */
function hashOf(params: {
  readonly query?: string | null
  readonly operationName?: string | null
  readonly variables?: unknown
}): string {
  return createHash('sha256')
    .update(JSON.stringify([params.query, params.operationName ?? null, params.variables ?? null]))
    .digest('base64url')
}
