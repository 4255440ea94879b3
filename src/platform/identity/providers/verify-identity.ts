import { decodeJwt, type JWTPayload, errors as jose, jwtVerify } from 'jose'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { TrustedIssuers } from '../../request/trusted-issuers.ts'
import { AuthenticationError, refusedCredential } from '../identity-errors.ts'
import { MAX_TOKEN_BYTES, MAX_TOKEN_SECONDS } from '../sessions/tokens.ts'
import { usableAlgorithms } from './algorithms.ts'
import { type IdentityClaims, readClaims } from './claims.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { readProviders, type StoredProvider } from './stored-providers.ts'

/** The result of verifying a token of an identity provider: the user it describes, and the provider that issued it. */
export interface VerifiedIdentity {
  readonly provider: StoredProvider
  readonly claims: IdentityClaims
  readonly expiresAt: Date
}

/** The dependencies and settings of the verification of tokens. */
export interface IdentityTokenParts {
  readonly ownerPool: Pool
  readonly trusted: TrustedIssuers
  readonly keys: ProviderKeys
  /** How far the clock of a provider may be off, 0 to 60 seconds. */
  readonly clockLeewaySeconds: number
}

/** Returns the unverified issuer of a token; null when the text is not a JWT, has no issuer, or is too long. */
export function claimedIssuer(token: string): string | null {
  if (token.length > MAX_TOKEN_BYTES) return null
  const { iss } = unverifiedClaims(token)
  return typeof iss === 'string' ? iss : null
}

/** Returns the claims of a token without verifying it; an empty object when the text is not a JWT. */
function unverifiedClaims(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

const claimsShape = z.object({
  iss: z.string().max(2_000),
  sub: z
    .string()
    .min(1)
    .max(255)
    .refine((subject) => !subject.includes('\0')),
  aud: z.union([z.string().transform((audience) => [audience]), z.array(z.string()).min(1)]),
  exp: z.number(),
})

/**
 * Verifies a token of an identity provider that a workspace has configured and the operator trusts. `workspace` is the
 * slug of the workspace to sign in to, needed when several workspaces accept the issuer and audience.
 * @throws AuthenticationError when the token is refused; the message contains neither the cause nor any part of the
 *   token. Any other error means that the database did not respond.
 */
export async function verifyIdentity(
  parts: IdentityTokenParts,
  token: string,
  workspace: string | null,
): Promise<VerifiedIdentity> {
  if (token.length > MAX_TOKEN_BYTES) throw refusedCredential(`The token is longer than ${MAX_TOKEN_BYTES} bytes.`)
  const parsed = claimsShape.safeParse(unverifiedClaims(token))
  if (!parsed.success)
    throw refusedCredential('The token is not a JWT, or iss, sub, aud or exp is missing or malformed.')
  const { iss, sub, aud } = parsed.data
  // Checked before any statement, so that tokens of untrusted issuers cost the database nothing.
  if (parts.trusted.problemWith(iss) !== null) throw refusedCredential('The issuer of the token is not trusted.')
  const provider = selectProvider(await readProviders(parts.ownerPool, iss, sub), aud, workspace)
  const payload = await verifiedPayload(parts, provider, token)
  requireAuthorizedParty(payload, provider)
  return {
    provider,
    claims: readClaims(payload, sub, provider),
    // `iat` is never absent: the verification with `maxTokenAge` requires it.
    expiresAt: new Date(Math.min(parsed.data.exp, (payload.iat ?? 0) + MAX_TOKEN_SECONDS) * 1000),
  }
}

/**
 * Returns the provider that accepts one of the audiences, in the named workspace or, when `workspace` is null, in the
 * only workspace with such a provider.
 */
function selectProvider(
  providers: readonly StoredProvider[],
  audiences: readonly string[],
  workspace: string | null,
): StoredProvider {
  const matching = providers.filter(
    (provider) =>
      provider.audiences.some((audience) => audiences.includes(audience)) &&
      (workspace === null || provider.workspace === workspace),
  )
  const [first] = matching
  if (!first) throw refusedCredential('No active identity provider accepts the issuer and audience of the token.')
  if (matching.some((provider) => provider.workspaceId !== first.workspaceId)) {
    throw refusedCredential(
      'Several workspaces accept the issuer and audience of the token, and the request names no workspace (X-Workspace).',
    )
  }
  return first
}

/**
 * The accepted values of `typ`: JWTs that identify a user. Logout tokens and security events have the same issuer and
 * audience, and must not be accepted.
 */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt', 'application/at+jwt'])

async function verifiedPayload(
  { keys, clockLeewaySeconds }: IdentityTokenParts,
  provider: StoredProvider,
  token: string,
): Promise<JWTPayload> {
  const key = await keys.of(provider.issuer)
  try {
    const { payload, protectedHeader } = await jwtVerify(token, key, {
      algorithms: usableAlgorithms(provider.algorithms),
      issuer: provider.issuer,
      audience: [...provider.audiences],
      clockTolerance: clockLeewaySeconds,
      maxTokenAge: MAX_TOKEN_SECONDS,
      requiredClaims: ['exp', 'sub'],
    })
    if (protectedHeader.typ !== undefined && !TYPES.has(protectedHeader.typ.toLowerCase()))
      throw refusedCredential('The token is of a type that does not identify a user (typ).')
    return payload
  } catch (error) {
    if (error instanceof AuthenticationError) throw error
    // The key and the token come from outside: any error that they cause in jose is a refusal, not a failure of the
    // server.
    throw refusedCredential(`The token was refused: ${reasonOf(error)}.`)
  }
}

/** Throws AuthenticationError when the token was issued to another party, or is bound to a key of its holder. */
function requireAuthorizedParty(payload: JWTPayload, provider: StoredProvider): void {
  const { azp, aud, cnf } = payload
  if (Array.isArray(aud) && aud.length > 1 && !(typeof azp === 'string' && provider.audiences.includes(azp)))
    throw refusedCredential(
      'The token has several audiences, and its authorized party (azp) is not an accepted audience.',
    )
  // RFC 7800: the sender has to prove possession of a key as well, which this API does not support.
  if (cnf !== undefined) throw refusedCredential('The token is bound to a key of its holder (cnf).')
}

/** Returns only names that jose defines: its messages can quote what the client wrote in the token. */
function reasonOf(error: unknown): string {
  if (error instanceof jose.JWTClaimValidationFailed || error instanceof jose.JWTExpired)
    return `${error.code} (${error.claim})`
  return error instanceof jose.JOSEError ? error.code : 'its key can’t be used'
}
