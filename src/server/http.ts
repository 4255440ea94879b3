import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import type { Actor, Authenticator } from '../platform/access/actor.ts'
import { AuthenticationError } from '../platform/access/errors.ts'
import type { SigningKeys } from '../platform/access/signing-keys.ts'
import type { Database } from '../platform/data/database.ts'
import type { codedError } from '../platform/errors.ts'
import { refuseByHeaders, withinLimit } from './body.ts'
import { presentError } from './errors.ts'
import { graphiqlPage } from './graphiql.ts'
import { GRAPHQL_PATH, type GraphQLServers, idempotencyKeyOf } from './graphql.ts'

export interface HttpParts {
  readonly graphql: GraphQLServers
  readonly authenticator: Authenticator
  readonly keys: SigningKeys
  readonly database: Database
  readonly log: Logger
  /** Token for the person who opens the endpoint in a browser, or null where nobody is signed in by that. */
  readonly browserToken: (request: Request) => Promise<string | null>
}

/** Answers every HTTP request of the server. */
export function createHttpHandler(parts: HttpParts): (request: Request) => Promise<Response> {
  return async (request) => {
    const requestId = requestIdOf(request)
    const response = await answer(parts, request, requestId)
    response.headers.set('x-request-id', requestId)
    return response
  }
}

async function answer(parts: HttpParts, request: Request, requestId: string): Promise<Response> {
  const { pathname } = new URL(request.url)
  if (pathname === GRAPHQL_PATH) return answerGraphQL(parts, request, requestId)
  if (pathname === '/.well-known/jwks.json')
    return Response.json(await parts.keys.publicJwks(), { headers: { 'cache-control': 'public, max-age=60' } })
  if (pathname === '/health') return health(parts.database)
  if (pathname === '/') return new Response(null, { status: 302, headers: { location: GRAPHQL_PATH } })
  return new Response('Not found. The API is at /graphql.\n', {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
  })
}

async function answerGraphQL(parts: HttpParts, request: Request, requestId: string): Promise<Response> {
  if (isBrowser(request)) return graphiqlPage(await parts.browserToken(request))
  try {
    const actor = await parts.authenticator.authenticate(request.headers.get('authorization'))
    const refused = refuseByHeaders(request)
    if (refused) return refusal(request, refused.status, refused.error)
    const limited = await withinLimit(request)
    if ('error' in limited) return refusal(request, limited.status, limited.error)
    const graphql = await parts.graphql(actor)
    return await graphql.fetch(limited, callerOf(actor, request, requestId))
  } catch (error) {
    const status = error instanceof AuthenticationError ? 401 : undefined
    if (error instanceof AuthenticationError)
      parts.log.info({ requestId, reason: error.reason }, 'Refused a credential')
    const presented = presentError(error, requestId, parts.log)
    return refusal(request, status ?? (presented.extensions['code'] === 'BAD_USER_INPUT' ? 400 : 503), presented)
  }
}

function callerOf(actor: Actor, request: Request, requestId: string) {
  return { actor, requestId, idempotencyKey: idempotencyKeyOf(request.headers.get('idempotency-key')) }
}

function refusal(request: Request, status: number, error: ReturnType<typeof codedError>): Response {
  const accepts = request.headers.get('accept') ?? ''
  const type = accepts.includes('application/graphql-response+json')
    ? 'application/graphql-response+json'
    : 'application/json'
  const headers = {
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
