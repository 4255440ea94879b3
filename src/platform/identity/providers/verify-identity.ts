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

/** A token of an identity provider that was checked: who it is for, and who says so. */
export interface VerifiedIdentity {
  readonly provider: StoredProvider
  readonly claims: IdentityClaims
  readonly expiresAt: Date
}

export interface IdentityTokenParts {
  readonly ownerPool: Pool
  readonly trusted: TrustedIssuers
  readonly keys: ProviderKeys
  /** How far a provider's clock may be off, 0 to 60 seconds. */
  readonly clockLeewaySeconds: number
}

/** Who issued a token, as it says itself; null for what is no JWT, or is longer than any that is looked at. */
export function claimedIssuer(token: string): string | null {
  if (token.length > MAX_TOKEN_BYTES) return null
  const { iss } = unverified(token)
  return typeof iss === 'string' ? iss : null
}

// Of what is no JWT nothing is claimed.
function unverified(token: string): JWTPayload {
  try {
    return decodeJwt(token)
  } catch {
    return {}
  }
}

const claimed = z.object({
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
 * Checks a token of an identity provider that a workspace has configured and the operator trusts. `workspace`, a slug, decides
 * among several that take the same issuer and audience. Throws AuthenticationError, whose message names neither the cause
 * nor any part of the token; any other error means that the database did not answer.
 */
export async function verifyIdentity(
  parts: IdentityTokenParts,
  token: string,
  workspace: string | null,
): Promise<VerifiedIdentity> {
  if (token.length > MAX_TOKEN_BYTES) throw refusedCredential(`The token is longer than ${MAX_TOKEN_BYTES} bytes.`)
  const parsed = claimed.safeParse(unverified(token))
  if (!parsed.success) throw refusedCredential('The token is no JWT, or lacks iss, sub, aud or exp.')
  const { iss, sub, aud } = parsed.data
  // Before any statement: what nobody is trusted for costs the database nothing.
  if (parts.trusted.problemWith(iss) !== null) throw refusedCredential('The issuer of the token is not trusted.')
  const provider = chosenProvider(await readProviders(parts.ownerPool, iss, sub), aud, workspace)
  const payload = await verifiedPayload(parts, provider, token)
  requireParty(payload, provider)
  return {
    provider,
    claims: readClaims(payload, sub, provider),
    expiresAt: new Date(Math.min(parsed.data.exp, (payload.iat ?? 0) + MAX_TOKEN_SECONDS) * 1000),
  }
}

/** The one provider that takes the audience, in the workspace of that slug, or in the only one there is. */
function chosenProvider(
  providers: readonly StoredProvider[],
  audiences: readonly string[],
  workspace: string | null,
): StoredProvider {
  const fitting = providers.filter(
    (provider) =>
      provider.audiences.some((audience) => audiences.includes(audience)) &&
      (workspace === null || provider.workspace === workspace),
  )
  const [first] = fitting
  if (!first) throw refusedCredential('No active identity provider takes the issuer and audience of the token.')
  if (fitting.some((provider) => provider.workspaceId !== first.workspaceId)) {
    throw refusedCredential(
      'Several workspaces take the issuer and audience of the token, and the request names none of them (X-Workspace).',
    )
  }
  return first
}

/** Kinds of JWT that prove who somebody is. A logout token or a security event has the same issuer and audience. */
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
      throw refusedCredential('The token is of a kind that proves nobody (typ).')
    return payload
  } catch (error) {
    if (error instanceof AuthenticationError) throw error
    // Whatever a key or a token of others makes a library throw is no fault of the server.
    throw refusedCredential(`The token was refused: ${reasonOf(error)}.`)
  }
}

function requireParty(payload: JWTPayload, provider: StoredProvider): void {
  const { azp, aud, cnf } = payload
  if (Array.isArray(aud) && aud.length > 1 && !(typeof azp === 'string' && provider.audiences.includes(azp)))
    throw refusedCredential('The token has several audiences, and was not given to one that is accepted (azp).')
  // RFC 7800: whoever sends it has to prove a key as well, which nobody does here.
  if (cnf !== undefined) throw refusedCredential('The token is bound to a key of its holder (cnf).')
}

/** Only names that jose chose: its messages can quote what the caller wrote. */
function reasonOf(error: unknown): string {
  if (error instanceof jose.JWTClaimValidationFailed || error instanceof jose.JWTExpired)
    return `${error.code} (${error.claim})`
  return error instanceof jose.JOSEError ? error.code : 'its key can’t be used'
}
