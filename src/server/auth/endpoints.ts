import { AuthenticationError, PasswordError, RetryLaterError } from '../../platform/identity/identity-errors.ts'
import type { SignIn } from '../../platform/identity/sign-in.ts'
import type { SignInRequest } from '../../platform/identity/sign-in-audit.ts'
import { type Presentation, presentError } from '../present-error.ts'
import { done, oauthError } from './answers.ts'
import { type Form, readForm } from './form.ts'
import { METADATA_PATH, metadataAnswer } from './metadata.ts'
import { answerTokenRequest, missing } from './token-endpoint.ts'

export interface AuthEndpointParts {
  readonly signIn: SignIn
  readonly presentation: Presentation
  /** Address that clients reach the server by, without a path; the one that each request names when null. */
  readonly publicUrl: string | null
}

/** Answers a request to one of the OAuth endpoints; null for any other path. */
export type AuthEndpoints = (request: Request, about: SignInRequest) => Promise<Response> | null

type Endpoint = (signIn: SignIn, form: Form, about: SignInRequest) => Promise<Response>

/** What each path does with a form. None sets or reads a cookie, so no other site can act for a browser's user. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  ['/oauth/token', answerTokenRequest],
  ['/oauth/revoke', revoke],
  ['/oauth/password', setPassword],
])

/** The endpoints by which people sign in and out: RFC 6749, 7009, 8414 and 8693. */
export function createAuthEndpoints({ signIn, presentation, publicUrl }: AuthEndpointParts): AuthEndpoints {
  return (request, about) => {
    const { pathname, origin } = new URL(request.url)
    if (pathname === METADATA_PATH) return Promise.resolve(metadataAnswer(publicUrl ?? origin))
    const endpoint = ENDPOINTS.get(pathname)
    if (!endpoint) return null
    return answer(endpoint, signIn, request, about).catch((error: unknown) =>
      refusal(error, about.requestId, presentation),
    )
  }
}

async function answer(endpoint: Endpoint, signIn: SignIn, request: Request, about: SignInRequest): Promise<Response> {
  if (request.method !== 'POST')
    return oauthError('invalid_request', 'Send the request by POST.', { status: 405, headers: { allow: 'POST' } })
  const form = await readForm(request)
  if ('status' in form) return oauthError('invalid_request', form.description, { status: form.status })
  return endpoint(signIn, form, about)
}

/** `POST /oauth/revoke` (RFC 7009). A token that is unknown is as good as revoked. */
async function revoke(signIn: SignIn, form: Form): Promise<Response> {
  const token = form.get('token')
  if (token === undefined) return missing('token')
  return (await signIn.revoke(token))
    ? done(200)
    : oauthError('unsupported_token_type', 'This access token belongs to no session: it ends by itself.')
}

/** `POST /oauth/password`: by the token that an administrator made. No RFC has a form for it. */
async function setPassword(signIn: SignIn, form: Form, about: SignInRequest): Promise<Response> {
  const [token, password] = [form.get('setup_token'), form.get('password')]
  if (token === undefined || password === undefined) return missing('setup_token or password')
  await signIn.setPassword(token, password, about)
  return done(204)
}

const REFUSED =
  'What was sent to prove who you are is wrong, has expired or is not accepted. After several wrong passwords, wait before the next.'

function refusal(error: unknown, requestId: string, presentation: Presentation): Response {
  const { log } = presentation
  if (error instanceof AuthenticationError) {
    log.info({ requestId, reason: error.reason }, 'Refused a sign-in')
    return oauthError('invalid_grant', REFUSED)
  }
  if (error instanceof PasswordError) return oauthError('invalid_request', error.message)
  if (error instanceof RetryLaterError) {
    log.info({ requestId, reason: error.reason }, 'Put a sign-in off')
    const headers = { 'retry-after': String(error.retryAfterSeconds) }
    const status = error.reason === 'BUSY' ? 503 : 429
    return oauthError('temporarily_unavailable', error.message, { status, headers })
  }
  const { message, extensions } = presentError(error, requestId, presentation)
  if (extensions['code'] === 'UNAVAILABLE') return oauthError('temporarily_unavailable', message, { status: 503 })
  if (extensions['code'] === 'BAD_USER_INPUT') return oauthError('invalid_request', message)
  return oauthError('server_error', message, { status: 500 })
}
