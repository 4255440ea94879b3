import { randomUUID } from 'node:crypto'
import { type CryptoKey, type JWTHeaderParameters, errors as jose, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import { MAX_TOKEN_SECONDS, SIGNING_ALGORITHM } from './signing-key-store.ts'
import type { SigningKeys } from './signing-keys.ts'

export { MAX_TOKEN_SECONDS }

/** Life of an access token unless its request says otherwise. */
export const DEFAULT_TOKEN_SECONDS = 15 * 60

/** `iss` of every access token of ours. */
export const ISSUER = 'urn:rapport'
const AUDIENCE = 'rapport'
/** RFC 9068: says "access token", so that no other JWT of the same keys can ever pass for one. */
const TYPE = 'at+jwt'
/** Longest token that is looked at, in bytes, whoever issued it. */
export const MAX_TOKEN_BYTES = 8 * 1024
const CLOCK_LEEWAY_SECONDS = 5

export interface TokenRequest {
  readonly workspaceId: string
  readonly actorId: string
  /** Session that it is taken for, if any: with its end the token is worth nothing. */
  readonly sessionId?: string
  /** Whole seconds from now, 1 to 86,400; 15 minutes unless given. */
  readonly expiresInSeconds?: number
}

export interface TokenClaims {
  readonly workspaceId: string
  readonly actorId: string
  /** Session that it was taken for; null for one that was made without. */
  readonly sessionId: string | null
  readonly tokenId: string
  /** Name of the key that signed it, its `kid`. */
  readonly keyId: string
  readonly issuedAt: Date
  readonly expiresAt: Date
}

/** Signs an access token (RFC 9068) for an actor. Throws RangeError on a life out of bounds. Checks no right. */
export async function issueToken(keys: SigningKeys, request: TokenRequest): Promise<string> {
  const life = request.expiresInSeconds ?? DEFAULT_TOKEN_SECONDS
  if (!Number.isInteger(life) || life < 1 || life > MAX_TOKEN_SECONDS) {
    throw new RangeError(`A token lives for 1 to ${MAX_TOKEN_SECONDS} whole seconds, not ${life}.`)
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
    .setExpirationTime(now + life)
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
 * Checks an access token and answers what it claims. Throws AuthenticationError, whose message names neither the cause
 * nor any part of the token; any other error means that the keys could not be read.
 */
export async function verifyToken(keys: SigningKeys, token: string): Promise<TokenClaims> {
  // Before any parsing: what is longer than any token of ours costs the server nothing more.
  if (token.length > MAX_TOKEN_BYTES) throw refusedCredential(`The token is longer than ${MAX_TOKEN_BYTES} bytes.`)
  const { payload, keyId } = await verifySignature(keys, token)
  const parsed = claimsOfToken.safeParse(payload)
  if (!parsed.success) {
    throw refusedCredential(
      `The token lacks a claim, or has it in a wrong form: ${parsed.error.issues[0]?.path.join('.')}.`,
    )
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
      // Also bounds tokens whose `exp` lies further ahead: a retired key is forgotten after this time.
      maxTokenAge: MAX_TOKEN_SECONDS,
    })
    return { payload, keyId: String(protectedHeader.kid) }
  } catch (error) {
    if (error instanceof jose.JOSEError) throw refusedCredential(reasonOf(error))
    throw error
  }
}

/** The header chooses among our keys by name and nothing else: `jwk`, `jku`, `x5u` and `x5c` are never looked at. */
async function keyNamedBy(keys: SigningKeys, header: Partial<JWTHeaderParameters>): Promise<CryptoKey> {
  const { kid } = header
  const key = typeof kid === 'string' ? await keys.find(kid) : null
  if (!key) throw refusedCredential('The token names no signing key that is accepted (kid).')
  return key
}

/** Only names that jose and this file chose: its messages can quote what the caller wrote in the header. */
function reasonOf(error: jose.JOSEError): string {
  const claim =
    error instanceof jose.JWTClaimValidationFailed || error instanceof jose.JWTExpired ? ` (${error.claim})` : ''
  return `The token was refused: ${error.code}${claim}.`
}
