import { randomUUID } from 'node:crypto'
import { type CryptoKey, type JWTHeaderParameters, errors as jose, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import { MAX_TOKEN_SECONDS, SIGNING_ALGORITHM } from './signing-key-store.ts'
import type { SigningKeys } from './signing-keys.ts'

export { MAX_TOKEN_SECONDS }

/** Default lifetime of an access token, in seconds. */
export const DEFAULT_TOKEN_SECONDS = 15 * 60

/** `iss` of every access token that this software issues. */
export const ISSUER = 'urn:rapport'
const AUDIENCE = 'rapport'
/** `typ` of access tokens (RFC 9068), so that no other JWT signed with the same keys is accepted as one. */
const TYPE = 'at+jwt'
/** Length of the longest token that is parsed, in bytes, whichever issuer it has. */
export const MAX_TOKEN_BYTES = 8 * 1024
const CLOCK_LEEWAY_SECONDS = 5

/** Values of an access token to be issued. */
export interface TokenRequest {
  readonly workspaceId: string
  readonly actorId: string
  /** Session that the token belongs to, if any: when it ends, the token is refused. */
  readonly sessionId?: string
  /** Lifetime in whole seconds, 1 to 86,400; 15 minutes when absent. */
  readonly expiresInSeconds?: number
}

/** The claims of a verified access token. */
export interface TokenClaims {
  readonly workspaceId: string
  readonly actorId: string
  /** Session that the token belongs to; null for a token that was issued without one. */
  readonly sessionId: string | null
  readonly tokenId: string
  /** Id (`kid`) of the key that signed the token. */
  readonly keyId: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/**
 * Issues an access token (RFC 9068) for an actor. Checks no permission.
 * @throws RangeError when the lifetime is out of bounds.
 */
export async function issueToken(keys: SigningKeys, request: TokenRequest): Promise<string> {
  const lifetime = request.expiresInSeconds ?? DEFAULT_TOKEN_SECONDS
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > MAX_TOKEN_SECONDS) {
    throw new RangeError(`A token lives for 1 to ${MAX_TOKEN_SECONDS} whole seconds, not ${lifetime}.`)
  }
  const { kid, privateKey } = await keys.current()
  const now = Math.floor(Date.now() / 1000)
  const session = request.sessionId === undefined ? {} : { sid: request.sessionId }
  return new SignJWT({ wsp: request.workspaceId, client_id: AUDIENCE, ...session })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(request.actorId)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(privateKey)
}

const claimsOfToken = z.object({
  wsp: z.uuid(),
  sub: z.uuid(),
  sid: z.uuid().optional(),
  jti: z.string().min(1),
  iat: z.number(),
  exp: z.number(),
})

/**
 * Verifies an access token and returns its claims.
 * @throws AuthenticationError when the token is refused; the message contains neither the cause nor any part of the
 *   token. Any other error means that the keys could not be read.
 */
export async function verifyToken(keys: SigningKeys, token: string): Promise<TokenClaims> {
  // Checked before any parsing, so that an overlong token costs the server nothing more.
  if (token.length > MAX_TOKEN_BYTES) throw refusedCredential(`The token is longer than ${MAX_TOKEN_BYTES} bytes.`)
  const { payload, keyId } = await verifySignature(keys, token)
  const parsed = claimsOfToken.safeParse(payload)
  if (!parsed.success) {
    throw refusedCredential(`A claim of the token is missing or malformed: ${parsed.error.issues[0]?.path.join('.')}.`)
  }
  const { wsp, sub, sid, jti, iat, exp } = parsed.data
  return {
    workspaceId: wsp.toLowerCase(),
    actorId: sub.toLowerCase(),
    sessionId: sid?.toLowerCase() ?? null,
    tokenId: jti,
    keyId,
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(Math.min(exp, iat + MAX_TOKEN_SECONDS) * 1000),
  }
}

async function verifySignature(keys: SigningKeys, token: string): Promise<{ payload: unknown; keyId: string }> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, (header) => keyNamedBy(keys, header), {
      algorithms: [SIGNING_ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: TYPE,
      clockTolerance: CLOCK_LEEWAY_SECONDS,
      // Also refuses old tokens whose `exp` lies further ahead: a retired key is kept only for this time.
      maxTokenAge: MAX_TOKEN_SECONDS,
    })
    return { payload, keyId: String(protectedHeader.kid) }
  } catch (error) {
    if (error instanceof jose.JOSEError) throw refusedCredential(reasonOf(error))
    throw error
  }
}

/**
 * Returns the key that the `kid` of the header names. Ignores `jwk`, `jku`, `x5u` and `x5c`, with which a client could
 * name a key of its own.
 */
async function keyNamedBy(keys: SigningKeys, header: Partial<JWTHeaderParameters>): Promise<CryptoKey> {
  const { kid } = header
  const key = typeof kid === 'string' ? await keys.find(kid) : null
  if (!key) throw refusedCredential('The token names no signing key that is accepted (kid).')
  return key
}

/**
 * Returns only names that jose and this file define: the messages of jose can quote what the client wrote in the
 * header.
 */
function reasonOf(error: jose.JOSEError): string {
  const claim =
    error instanceof jose.JWTClaimValidationFailed || error instanceof jose.JWTExpired ? ` (${error.claim})` : ''
  return `The token was refused: ${error.code}${claim}.`
}
