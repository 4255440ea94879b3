import { createHash } from 'node:crypto'
import { type DocumentNode, GraphQLError } from 'graphql'
import { createYoga, type GraphQLParams, type Plugin, type YogaServerInstance } from 'graphql-yoga'
import { badUserInput, codedError } from '../platform/errors.ts'
import type { Actor } from '../platform/request/actor.ts'
import type { PluginHost, RequestContext, Runtime } from '../platform/request/context.ts'
import type { RequestOrigin } from '../platform/request/origin.ts'
import type { Admission, RequestCharge } from './admission.ts'
import { executeOperation } from './execute-operation.ts'
import { type Presentation, presentError } from './present-error.ts'
import { httpOfLimit } from './rates/headers.ts'

/** What the transport knows of a request before GraphQL sees it. */
export interface Caller {
  readonly actor: Actor
  readonly requestId: string
  readonly idempotencyKey: string | null
  readonly origin: RequestOrigin
  /** What the request has used, filled in on the way. */
  readonly charge: RequestCharge
  /** Whether the client wants to be told what its operation costs. */
  readonly wantsCost: boolean
  /** Filled in when it is valid. */
  document?: DocumentNode
}

/** What the servers of all workspaces share. */
export interface GraphQLParts {
  readonly admission: Admission
  readonly presentation: Presentation
}

export type GraphQLServer = YogaServerInstance<Caller, RequestContext>

export const GRAPHQL_PATH = '/graphql'

/** The server for the plugins that an actor's workspace uses. */
export type GraphQLServers = (actor: Actor) => Promise<GraphQLServer>

/** GraphQL servers, one for each set of plugins that a workspace uses, made when first asked for. */
export function createGraphQLServers(host: PluginHost, parts: GraphQLParts): GraphQLServers {
  const servers = new WeakMap<Runtime, GraphQLServer>()
  return async (actor) => {
    const runtime = await host.runtimeOf(actor)
    const server = servers.get(runtime) ?? createGraphQLServer(runtime, parts)
    servers.set(runtime, server)
    return server
  }
}

/** The GraphQL endpoint: one execution for HTTP, server-sent events and WebSocket. */
function createGraphQLServer(runtime: Runtime, { admission, presentation }: GraphQLParts): GraphQLServer {
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
    // Documents are kept by the admission, for WebSocket too.
    parserAndValidationCache: false,
    async context({ actor, requestId, idempotencyKey, origin, charge, document, params }): Promise<RequestContext> {
      if (document) await admission.admit(charge, actor, runtime.schema, document, params)
      return { runtime, actor, requestId, origin, idempotencyKey, requestHash: hashOf(params) }
    },
    plugins: [
      admitted(admission),
      compiledExecution(),
      presentedErrors(presentation),
      reportedCost(),
      paidRefusals(admission),
    ],
  })
}

type YogaPlugin = Plugin<RequestContext, Caller>

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/

function admitted(admission: Admission): YogaPlugin {
  return {
    onRequestParse({ request, setRequestParser }) {
      if (request.method === 'POST') setRequestParser((posted) => readBody(posted, admission))
    },
    onParams({ params, setParams }) {
      // A body can hold anything: what is no object, and a `query` that is no text, is refused by the checks that follow.
      if (params === null || typeof params !== 'object') return
      const { documentId, ...asked }: typeof params & { readonly documentId?: unknown } = params
      const query = admission.documentOf({ ...asked, documentId })
      setParams(query === asked.query ? asked : { ...asked, query: String(query) })
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

/** What a POST asks for. Throws where that is not one object of JSON. */
async function readBody(request: Request, admission: Admission): Promise<GraphQLParams> {
  const text = await request.text()
  admission.checkBody(text)
  const body = parsedJson(text)
  if (Array.isArray(body)) throw badBody('A request has one operation, not an array of them: send each by itself.')
  if (body === null || typeof body !== 'object') throw badBody('The request is no JSON object with a `query`.')
  return body
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badBody('The request is no JSON.')
  }
}

function badBody(message: string): GraphQLError {
  return codedError('BAD_USER_INPUT', message, { http: { status: 400 } })
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
function presentedErrors(presentation: Presentation): YogaPlugin {
  const present = (error: unknown, requestId: string) => {
    const presented = presentError(error, requestId, presentation)
    const http = httpOfLimit(presented)
    return http ? new GraphQLError(presented.message, { extensions: { ...presented.extensions, http } }) : presented
  }
  return {
    onResultProcess({ result, serverContext }) {
      for (const each of Array.isArray(result) ? result : [result]) {
        if (!('errors' in each) || !each.errors) continue
        const requestId = 'requestId' in serverContext ? String(serverContext.requestId) : ''
        Object.assign(each, { errors: each.errors.map((error) => present(error, requestId)) })
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

/** Has whoever asks for too much pay for that too. */
function paidRefusals(admission: Admission): YogaPlugin {
  return {
    onResultProcess({ result, serverContext }) {
      if (!('errors' in result) || !result.errors || !('actor' in serverContext)) return undefined
      return admission.refuse(serverContext.actor, result.errors)
    },
  }
}

/** Tells what an operation costs where the client asks for it. */
function reportedCost(): YogaPlugin {
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
