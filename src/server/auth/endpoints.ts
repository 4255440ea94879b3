import { AuthenticationError, PasswordError, RetryLaterError } from '../../platform/identity/identity-errors.ts'
import type { SignIn } from '../../platform/identity/sign-in.ts'
import type { SignInRequest } from '../../platform/identity/sign-in-audit.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { emptyResponse, oauthError } from './answers.ts'
import { type Form, readForm } from './form.ts'
import { METADATA_PATH, metadataResponse } from './metadata.ts'
import { handleTokenRequest, missingField } from './token-endpoint.ts'

/** The services and settings that the OAuth endpoints use. */
export interface AuthEndpointParts {
  readonly signIn: SignIn
  readonly presentation: Presentation
  /** URL at which clients call the server, without a path; null to use the origin of each request's URL. */
  readonly publicUrl: string | null
}

/** Handles a request to one of the OAuth endpoints. Returns null for any other path. */
export type AuthEndpoints = (request: Request, meta: SignInRequest) => Promise<Response> | null

type Endpoint = (signIn: SignIn, form: Form, meta: SignInRequest) => Promise<Response>

/**
 * The endpoints by path. They set and read no cookies, so another website can't use them in the name of a user who
 * visits that website.
 */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/oauth/token', handleTokenRequest],
  ['/oauth/revoke', revoke],
  ['/oauth/password', setPassword],
])

/** Creates the endpoints for signing in and out (RFC 6749, 7009, 8414 and 8693). */
export function createAuthEndpoints({ signIn, presentation, publicUrl }: AuthEndpointParts): AuthEndpoints {
  return (request, meta) => {
    const { pathname, origin } = new URL(request.url)
    if (pathname === METADATA_PATH) return Promise.resolve(metadataResponse(publicUrl ?? origin))
    const endpoint = ENDPOINTS.get(pathname)
    if (!endpoint) return null
    return handle(endpoint, signIn, request, meta).catch((error: unknown) =>
      refusal(error, meta.requestId, presentation),
    )
  }
}

/** Reads the form of a request and passes it to the endpoint. */
async function handle(endpoint: Endpoint, signIn: SignIn, request: Request, meta: SignInRequest): Promise<Response> {
  if (request.method !== 'POST')
    return oauthError('invalid_request', 'Send the request by POST.', { status: 405, headers: { allow: 'POST' } })
  const form = await readForm(request)
  if ('status' in form) return oauthError('invalid_request', form.description, { status: form.status })
  return endpoint(signIn, form, meta)
}

/** Handles `POST /oauth/revoke` (RFC 7009). The response for an unknown token is the same as for a revoked token. */
async function revoke(signIn: SignIn, form: Form): Promise<Response> {
  const token = form.get('token')
  if (token === undefined) return missingField('token')
  return (await signIn.revoke(token))
    ? emptyResponse(200)
    : oauthError(
        'unsupported_token_type',
        'This access token has no session, so it cannot be revoked. It is valid until it expires.',
      )
}

/** Handles `POST /oauth/password`: sets a password with a setup token. No RFC defines such an endpoint. */
async function setPassword(signIn: SignIn, form: Form, meta: SignInRequest): Promise<Response> {
  const [token, password] = [form.get('setup_token'), form.get('password')]
  if (token === undefined || password === undefined) return missingField('setup_token or password')
  await signIn.setPassword(token, password, meta)
  return emptyResponse(204)
}

const SIGN_IN_REFUSED =
  'The credential is wrong, has expired or is not accepted. After several wrong passwords, wait before you try again.'

/** Returns the OAuth error response for an error of an endpoint. */
function refusal(error: unknown, requestId: string, presentation: Presentation): Response {
  const { log } = presentation
  if (error instanceof AuthenticationError) {
    log.info({ requestId, reason: error.reason }, 'Refused a sign-in')
    return oauthError('invalid_grant', SIGN_IN_REFUSED)
  }
  if (error instanceof PasswordError) return oauthError('invalid_request', error.message)
  if (error instanceof RetryLaterError) {
    log.info({ requestId, reason: error.reason }, 'Refused a sign-in; the client may retry later')
    const headers = { 'retry-after': String(error.retryAfterSeconds) }
    const status = error.reason === 'BUSY' ? 503 : 429
    return oauthError('temporarily_unavailable', error.message, { status, headers })
  }
  const { message, extensions } = presentError(error, requestId, presentation)
  if (extensions['code'] === 'UNAVAILABLE') return oauthError('temporarily_unavailable', message, { status: 503 })
  if (extensions['code'] === 'BAD_USER_INPUT') return oauthError('invalid_request', message)
  return oauthError('server_error', message, { status: 500 })
}
