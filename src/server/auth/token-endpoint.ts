import type { SignIn, TokenPair } from '../../platform/identity/sign-in.ts'
import type { SignInRequest } from '../../platform/identity/sign-in-audit.ts'
import { oauthError, tokenResponse } from './answers.ts'
import type { Form } from './form.ts'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** The token types that can be exchanged (RFC 8693, 3). Each is a JWT of an identity provider. */
const SUBJECT_TOKEN_TYPES: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:jwt',
  ACCESS_TOKEN,
])

type GrantHandler = (signIn: SignIn, form: Form, request: SignInRequest) => Promise<Response>

/** The handlers by `grant_type`. */
const GRANTS: ReadonlyMap<string, GrantHandler> = new Map<string, GrantHandler>([
  ['password', byPassword],
  ['refresh_token', byRefreshToken],
  ['urn:ietf:params:oauth:grant-type:token-exchange', byTokenExchange],
])

/** The supported values of `grant_type`. */
export const GRANT_TYPES: readonly string[] = [...GRANTS.keys()]

/** Handles `POST /oauth/token` (RFC 6749, 3.2). Throws the errors of `SignIn`. */
export async function handleTokenRequest(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const type = form.get('grant_type')
  if (type === undefined) return missingField('grant_type')
  const grant = GRANTS.get(type)
  return grant
    ? grant(signIn, form, request)
    : oauthError('unsupported_grant_type', `grant_type must be one of ${GRANT_TYPES.join(', ')}.`)
}

async function byPassword(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const [workspace, email, password] = ['workspace', 'username', 'password'].map((name) => form.get(name))
  if (workspace === undefined || email === undefined || password === undefined)
    return missingField('workspace, username or password')
  return tokenResponse(await signIn.byPassword({ workspace, email, password }, request))
}

async function byRefreshToken(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const token = form.get('refresh_token')
  return token === undefined ? missingField('refresh_token') : tokenResponse(await signIn.refresh(token, request))
}

async function byTokenExchange(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const token = form.get('subject_token')
  const type = form.get('subject_token_type')
  if (token === undefined || type === undefined) return missingField('subject_token or subject_token_type')
  if (!SUBJECT_TOKEN_TYPES.has(type))
    return oauthError('invalid_request', `subject_token_type must be one of ${[...SUBJECT_TOKEN_TYPES].join(', ')}.`)
  if ((form.get('requested_token_type') ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
    return oauthError('invalid_request', `requested_token_type must be ${ACCESS_TOKEN}.`)
  if (form.has('actor_token'))
    return oauthError(
      'invalid_request',
      'Acting for another user is not supported: send the request without actor_token.',
    )
  const tokens: TokenPair = await signIn.byIdentity(token, form.get('workspace') ?? null, request)
  return tokenResponse(tokens, { issued_token_type: ACCESS_TOKEN })
}

/** Returns the error response for a form without a required field. `names` lists the fields: `a, b or c`. */
export function missingField(names: string): Response {
  return oauthError('invalid_request', `The request has no ${names}.`)
}
