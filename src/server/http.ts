import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { Database } from '../platform/data/database.ts'
import type { codedError } from '../platform/errors.ts'
import type { Authenticator } from '../platform/identity/authenticate.ts'
import { AuthenticationError } from '../platform/identity/identity-errors.ts'
import type { SigningKeys } from '../platform/identity/sessions/signing-keys.ts'
import type { Actor } from '../platform/request/actor.ts'
import type { RequestOrigin } from '../platform/request/origin.ts'
import type { Admission, RequestCharge } from './admission.ts'
import type { AuthEndpoints } from './auth/endpoints.ts'
import { checkHeaders, limitBody } from './body.ts'
import type { ExportEndpoint } from './exports/endpoint.ts'
import type { ClientConnection } from './exports/file-stream.ts'
import type { FormEndpoint } from './forms/endpoint.ts'
import { graphiqlPage } from './graphiql.ts'
import { GRAPHQL_PATH, type GraphQLServers, idempotencyKeyOf, type TransportContext } from './graphql.ts'
import type { OriginOf } from './origin.ts'
import type { RouteEndpoint } from './plugin-routes/endpoint.ts'
import { type Presentation, presentError } from './present-error.ts'
import { httpOfRateLimit, setQuotaHeaders } from './rates/headers.ts'
import { type ThrottledCredentials, throttleCredentials } from './rates/throttled-credentials.ts'
import { allowOrigin, preflight, setSecurityHeaders } from './response-headers.ts'
import type { ServerSettings } from './server-settings.ts'
import type { SignedEndpoint } from './signed-routes/endpoint.ts'

/** The services and settings that the HTTP handler uses. */
export interface HttpParts {
  readonly graphql: GraphQLServers
  readonly authenticator: Authenticator
  readonly keys: SigningKeys
  readonly database: Database
  readonly admission: Admission
  readonly presentation: Presentation
  readonly settings: Pick<ServerSettings, 'graphiql' | 'corsOrigins'>
  /** Returns an access token for a person who opens the endpoint in a browser; null when people have to sign in. */
  readonly browserToken: (request: Request) => Promise<string | null>
  readonly originOf: OriginOf
  /** The endpoints for signing in and out. */
  readonly auth: AuthEndpoints
  /** The files of exports. */
  readonly exports: Pick<ExportEndpoint, 'handle'>
  /** The forms of websites. */
  readonly forms: FormEndpoint
  /** The HTTP routes of plugins. */
  readonly pluginRoutes: RouteEndpoint
  /** What people without an account can open. */
  readonly signedRoutes: SignedEndpoint
}

/** What Node's server passes to the handler together with a request. */
export interface ServerContext {
  readonly req?: { readonly socket?: ClientConnection & { readonly remoteAddress?: string | undefined } }
}

/** Handles a request. The context is absent when the request did not arrive through a socket, as in tests. */
export type HttpHandler = (request: Request, context?: ServerContext) => Promise<Response>

/** Creates the handler of all HTTP requests of the server. */
export function createHttpHandler(httpParts: HttpParts): HttpHandler {
  const parts: HandlerParts = { ...httpParts, throttled: throttleCredentials() }
  return async (request, context) => {
    const requestId = requestIdOf(request)
    const origin = parts.originOf(request.headers, context?.req?.socket?.remoteAddress)
    const response =
      preflight(request) ?? (await route(parts, request, { requestId, origin }, context?.req?.socket ?? null))
    response.headers.set('x-request-id', requestId)
    allowOrigin(request, response.headers, (await parts.forms.originsOf(request)) ?? parts.settings.corsOrigins)
    setSecurityHeaders(response.headers)
    return response
  }
}

interface HandlerParts extends HttpParts {
  readonly throttled: ThrottledCredentials
}

/** Request id and origin, which are known before the body is read. */
interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
}

async function route(
  parts: HandlerParts,
  request: Request,
  meta: RequestMeta,
  connection: ClientConnection | null,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === GRAPHQL_PATH) return handleGraphQL(parts, request, meta)
  if (pathname === '/.well-known/jwks.json')
    return Response.json(await parts.keys.publicJwks(), { headers: { 'cache-control': 'public, max-age=60' } })
  if (pathname === '/health') return health(parts.database)
  const authResponse = parts.auth(request, meta)
  if (authResponse) return authResponse
  const exportResponse = parts.exports.handle(request, { ...meta, connection })
  if (exportResponse) return exportResponse
  const signedResponse = parts.signedRoutes(request, meta)
  if (signedResponse) return signedResponse
  const formResponse = await parts.forms.handle(request, meta)
  if (formResponse) return formResponse
  const routeResponse = await parts.pluginRoutes(request, meta)
  if (routeResponse) return routeResponse
  if (pathname === '/') return new Response(null, { status: 302, headers: { location: GRAPHQL_PATH } })
  return new Response('Not found. The API is at /graphql.\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

async function handleGraphQL(parts: HandlerParts, request: Request, meta: RequestMeta): Promise<Response> {
  const { admission, authenticator, throttled, presentation, settings } = parts
  if (settings.graphiql && isBrowser(request)) return graphiqlPage(await parts.browserToken(request))
  try {
    const { headers } = request
    const workspace = headers.get('x-workspace')
    const authorization = headers.get('authorization')
    throttled.check(authorization)
    const actor = await authenticator.authenticate(authorization, { workspace, ...meta })
    const charge = await admission.countRequest(actor).catch((error: unknown) => {
      if (error instanceof GraphQLError) throttled.throttle(authorization, error)
      throw error
    })
    const response = await executeForActor(parts, request, meta, actor, charge)
    if (charge.quotaState && !response.headers.has('ratelimit-limit'))
      setQuotaHeaders(response.headers, charge.quotaState)
    return response
  } catch (error) {
    if (error instanceof AuthenticationError)
      presentation.log.info({ requestId: meta.requestId, reason: error.reason }, 'Refused a credential')
    const presented = presentError(error, meta.requestId, presentation)
    const rateLimit = httpOfRateLimit(presented)
    if (rateLimit) {
      const ignoresRetryAfter = throttled.ignoresRetryAfter(request.headers.get('authorization'))
      return refusal(request, rateLimit.status, presented, {
        ...rateLimit.headers,
        ...(ignoresRetryAfter ? CLOSE_CONNECTION : {}),
      })
    }
    const status = presented.extensions['code'] === 'BAD_USER_INPUT' ? 400 : 503
    return refusal(request, error instanceof AuthenticationError ? 401 : status, presented)
  }
}

/** Executes the request of an authenticated actor. */
async function executeForActor(
  { graphql }: HttpParts,
  request: Request,
  meta: RequestMeta,
  actor: Actor,
  charge: RequestCharge,
): Promise<Response> {
  const refused = checkHeaders(request)
  if (refused) return refusal(request, refused.status, refused.error)
  const limited = await limitBody(request)
  if ('error' in limited) return refusal(request, limited.status, limited.error)
  const { headers } = request
  const context: TransportContext = {
    ...meta,
    actor,
    charge,
    idempotencyKey: idempotencyKeyOf(headers.get('idempotency-key')),
    wantsCost: headers.get('graphql-cost') === 'true',
  }
  const server = await graphql(actor)
  return server.fetch(limited, context)
}

/**
 * A header with which Node closes the connection after the response and does not read the rest of the body. Reading the
 * body would take most of the time of the request.
 */
const CLOSE_CONNECTION = { connection: 'close' }

/** Returns the response for a refused request, in the content type that the client accepts. */
function refusal(
  request: Request,
  status: number,
  error: ReturnType<typeof codedError>,
  additionalHeaders: Readonly<Record<string, string>> = {},
): Response {
  const accepts = request.headers.get('accept') ?? ''
  const type = accepts.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json'
  const headers = {
    ...additionalHeaders,
    'content-type': `${type}; charset=utf-8`,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  }
  return new Response(JSON.stringify({ errors: [error] }), { status, headers })
}

/** Whether a person has opened the endpoint in a browser: browsers accept HTML, programs accept JSON. */
function isBrowser(request: Request): boolean {
  return (
    request.method === 'GET' &&
    (request.headers.get('accept') ?? '').includes('text/html') &&
    !new URL(request.url).searchParams.has('query')
  )
}

async function health(database: Database): Promise<Response> {
  try {
    await database.app.query('select 1')
    return Response.json({ status: 'ok' })
  } catch {
    return Response.json({ status: 'unavailable', reason: 'The database does not respond.' }, { status: 503 })
  }
}

const REQUEST_ID = /^[\w.-]{1,100}$/

/** Returns the `X-Request-Id` that the client sent, if it is well-formed, or else a new id. */
function requestIdOf(request: Request): string {
  const sent = request.headers.get('x-request-id')
  return sent !== null && REQUEST_ID.test(sent) ? sent : randomUUID()
}
