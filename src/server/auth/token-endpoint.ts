import type { SignIn, TokenPair } from '../../platform/identity/sign-in.ts'
import type { SignInRequest } from '../../platform/identity/sign-in-audit.ts'
import { oauthError, tokenAnswer } from './answers.ts'
import type { Form } from './form.ts'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** What may be exchanged (RFC 8693, 3): each is a JWT of an identity provider. */
const SUBJECT_TOKEN_TYPES: ReadonlySet<string> = new Set([
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:jwt',
  ACCESS_TOKEN,
])

type Grant = (signIn: SignIn, form: Form, request: SignInRequest) => Promise<Response>

/** What each `grant_type` does. */
const GRANTS: ReadonlyMap<string, Grant> = new Map<string, Grant>([
  ['password', byPassword],
  ['refresh_token', byRefreshToken],
  ['urn:ietf:params:oauth:grant-type:token-exchange', byTokenExchange],
])

/** Values of `grant_type`. */
export const GRANT_TYPES: readonly string[] = [...GRANTS.keys()]

/** Answers `POST /oauth/token` (RFC 6749, 3.2). Throws what the sign-in throws. */
export async function answerTokenRequest(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const type = form.get('grant_type')
  if (type === undefined) return missing('grant_type')
  const grant = GRANTS.get(type)
  return grant
    ? grant(signIn, form, request)
    : oauthError('unsupported_grant_type', `grant_type is one of ${GRANT_TYPES.join(', ')}.`)
}

async function byPassword(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const [workspace, email, password] = ['workspace', 'username', 'password'].map((name) => form.get(name))
  if (workspace === undefined || email === undefined || password === undefined)
    return missing('workspace, username or password')
  return tokenAnswer(await signIn.byPassword({ workspace, email, password }, request))
}

async function byRefreshToken(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const token = form.get('refresh_token')
  return token === undefined ? missing('refresh_token') : tokenAnswer(await signIn.refresh(token, request))
}

async function byTokenExchange(signIn: SignIn, form: Form, request: SignInRequest): Promise<Response> {
  const token = form.get('subject_token')
  const type = form.get('subject_token_type')
  if (token === undefined || type === undefined) return missing('subject_token or subject_token_type')
  if (!SUBJECT_TOKEN_TYPES.has(type))
    return oauthError('invalid_request', `subject_token_type is one of ${[...SUBJECT_TOKEN_TYPES].join(', ')}.`)
  if ((form.get('requested_token_type') ?? ACCESS_TOKEN) !== ACCESS_TOKEN)
    return oauthError('invalid_request', `requested_token_type is ${ACCESS_TOKEN}.`)
  if (form.has('actor_token'))
    return oauthError('invalid_request', 'Nobody can act for somebody else: leave actor_token out.')
  const tokens: TokenPair = await signIn.byIdentity(token, form.get('workspace') ?? null, request)
  return tokenAnswer(tokens, { issued_token_type: ACCESS_TOKEN })
}

/** The error for a form that lacks a field. */
export function missing(names: string): Response {
  return oauthError('invalid_request', `The request lacks ${names}.`)
}
