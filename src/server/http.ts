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
import { refuseByHeaders, withinLimit } from './body.ts'
import { graphiqlPage } from './graphiql.ts'
import { type Caller, GRAPHQL_PATH, type GraphQLServers, idempotencyKeyOf } from './graphql.ts'
import type { OriginOf } from './origin.ts'
import { type Presentation, presentError } from './present-error.ts'
import { httpOfLimit, setQuotaHeaders } from './rates/headers.ts'
import { type ThrottledCredentials, throttleCredentials } from './rates/throttled-credentials.ts'
import { allowOrigin, preflight, secure } from './response-headers.ts'
import type { ServerSettings } from './server-settings.ts'

export interface HttpParts {
  readonly graphql: GraphQLServers
  readonly authenticator: Authenticator
  readonly keys: SigningKeys
  readonly database: Database
  readonly admission: Admission
  readonly presentation: Presentation
  readonly settings: Pick<ServerSettings, 'graphiql' | 'corsOrigins'>
  /** Token for the person who opens the endpoint in a browser, or null where nobody is signed in by that. */
  readonly browserToken: (request: Request) => Promise<string | null>
  readonly originOf: OriginOf
  /** Where people sign in and out. */
  readonly auth: AuthEndpoints
}

/** What Node's server hands on beside a request. */
export interface ServerContext {
  readonly req?: { readonly socket?: { readonly remoteAddress?: string | undefined } }
}

/** Answers a request; without a context it came from no socket. */
export type HttpHandler = (request: Request, context?: ServerContext) => Promise<Response>

/** Answers every HTTP request of the server. */
export function createHttpHandler(given: HttpParts): HttpHandler {
  const parts: Answering = { ...given, held: throttleCredentials() }
  return async (request, context) => {
    const requestId = requestIdOf(request)
    const origin = parts.originOf(request.headers, context?.req?.socket?.remoteAddress)
    const response = preflight(request) ?? (await answer(parts, request, { requestId, origin }))
    response.headers.set('x-request-id', requestId)
    allowOrigin(request, response.headers, parts.settings.corsOrigins)
    secure(response.headers)
    return response
  }
}

interface Answering extends HttpParts {
  readonly held: ThrottledCredentials
}

/** What is known of a request before it is read. */
interface Arrival {
  readonly requestId: string
  readonly origin: RequestOrigin
}

async function answer(parts: Answering, request: Request, arrival: Arrival): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === GRAPHQL_PATH) return answerGraphQL(parts, request, arrival)
  if (pathname === '/.well-known/jwks.json')
    return Response.json(await parts.keys.publicJwks(), { headers: { 'cache-control': 'public, max-age=60' } })
  if (pathname === '/health') return health(parts.database)
  const signedIn = parts.auth(request, arrival)
  if (signedIn) return signedIn
  if (pathname === '/') return new Response(null, { status: 302, headers: { location: GRAPHQL_PATH } })
  return new Response('Not found. The API is at /graphql.\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

async function answerGraphQL(parts: Answering, request: Request, arrival: Arrival): Promise<Response> {
  const { admission, authenticator, held, presentation, settings } = parts
  if (settings.graphiql && isBrowser(request)) return graphiqlPage(await parts.browserToken(request))
  try {
    const { headers } = request
    const workspace = headers.get('x-workspace')
    const authorization = headers.get('authorization')
    held.check(authorization)
    const actor = await authenticator.authenticate(authorization, { workspace, ...arrival })
    const charge = await admission.arrive(actor).catch((error: unknown) => {
      if (error instanceof GraphQLError) held.hold(authorization, error)
      throw error
    })
    const response = await answerActor(parts, request, arrival, actor, charge)
    if (charge.quotaState && !response.headers.has('ratelimit-limit'))
      setQuotaHeaders(response.headers, charge.quotaState)
    return response
  } catch (error) {
    if (error instanceof AuthenticationError)
      presentation.log.info({ requestId: arrival.requestId, reason: error.reason }, 'Refused a credential')
    const presented = presentError(error, arrival.requestId, presentation)
    const limited = httpOfLimit(presented)
    if (limited) {
      const ignoresRetryAfter = held.ignoresRetryAfter(request.headers.get('authorization'))
      return refusal(request, limited.status, presented, { ...limited.headers, ...(ignoresRetryAfter ? HANG_UP : {}) })
    }
    const status = presented.extensions['code'] === 'BAD_USER_INPUT' ? 400 : 503
    return refusal(request, error instanceof AuthenticationError ? 401 : status, presented)
  }
}

async function answerActor(
  { graphql }: HttpParts,
  request: Request,
  arrival: Arrival,
  actor: Actor,
  charge: RequestCharge,
): Promise<Response> {
  const refused = refuseByHeaders(request)
  if (refused) return refusal(request, refused.status, refused.error)
  const limited = await withinLimit(request)
  if ('error' in limited) return refusal(request, limited.status, limited.error)
  const { headers } = request
  const caller: Caller = {
    ...arrival,
    actor,
    charge,
    idempotencyKey: idempotencyKeyOf(headers.get('idempotency-key')),
    wantsCost: headers.get('graphql-cost') === 'true',
  }
  const server = await graphql(actor)
  return server.fetch(limited, caller)
}

/** Node closes the connection behind the answer, and reads no more of the body: reading it costs more than all else. */
const HANG_UP = { connection: 'close' }

function refusal(
  request: Request,
  status: number,
  error: ReturnType<typeof codedError>,
  more: Readonly<Record<string, string>> = {},
): Response {
  const accepts = request.headers.get('accept') ?? ''
  const type = accepts.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json'
  const headers = {
    ...more,
    'content-type': `${type}; charset=utf-8`,
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  }
  return new Response(JSON.stringify({ errors: [error] }), { status, headers })
}

/** A person's browser asks for a page; programs ask for JSON. */
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
    return Response.json({ status: 'unavailable', reason: 'The database does not answer.' }, { status: 503 })
  }
}

const REQUEST_ID = /^[\w.-]{1,100}$/

function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id')
  return given !== null && REQUEST_ID.test(given) ? given : randomUUID()
}
