import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import type { StoredProvider } from './stored-providers.ts'

/** What an identity provider states about a user. */
export interface IdentityClaims {
  /** The provider's own id of the user (`sub`). */
  readonly subject: string
  /** In lower case; null when the token has no e-mail or the provider has not verified it. */
  readonly verifiedEmail: string | null
  /** Name of the user to be displayed, 200 characters at most. */
  readonly displayName: string
  /** Groups in the roles claim; empty when the provider has no roles claim configured. */
  readonly groups: readonly string[]
}

const MAX_NAME_LENGTH = 200
const MAX_GROUPS = 1_000

// PostgreSQL can't store a NUL.
const text = z.string().refine((value) => !value.includes('\0'))
const emailAddress = text.trim().toLowerCase().max(254).pipe(z.email())
const groupList = z.union([text.transform((group) => [group]), z.array(text).max(MAX_GROUPS)])
// Some providers send booleans as strings.
const isTrue = z.union([z.literal(true), z.literal('true')])

/**
 * Reads the claims of a token whose signature was verified, according to the settings of the provider.
 * @throws AuthenticationError when the roles claim is neither a string nor a list of at most 1,000 strings, or the
 *   provider left the groups out of the token because there are too many.
 */
export function readClaims(
  payload: Readonly<Record<string, unknown>>,
  subject: string,
  provider: StoredProvider,
): IdentityClaims {
  const email = emailAddress.safeParse(payload[provider.emailClaim])
  const isVerified = isTrue.safeParse(payload['email_verified']).success
  const verifiedEmail = email.success && isVerified ? email.data : null
  return {
    subject,
    verifiedEmail,
    displayName: nameOf(payload, verifiedEmail?.split('@')[0] ?? subject),
    groups: provider.rolesClaim === null ? [] : groupsOf(payload, provider.rolesClaim),
  }
}

function nameOf(payload: Readonly<Record<string, unknown>>, fallback: string): string {
  const names = [payload['name'], payload['preferred_username'], fallback]
  for (const name of names) {
    const parsed = text.trim().min(1).safeParse(name)
    if (parsed.success) return [...parsed.data].slice(0, MAX_NAME_LENGTH).join('')
  }
  return 'User'
}

// Distributed claims (OpenID Connect Core 1.0, 5.6.2): the token names claims that have to be fetched from elsewhere.
const distributedClaims = z.object({ _claim_names: z.record(z.string(), z.unknown()) })

function groupsOf(payload: Readonly<Record<string, unknown>>, claim: string): readonly string[] {
  const value = valueAt(payload, claim)
  if (value === undefined || value === null) {
    // Entra ID sends distributed claims for members of many groups. Reading that as no groups would remove all roles of
    // the user.
    const distributed = distributedClaims.safeParse(payload)
    if (distributed.success && Object.hasOwn(distributed.data._claim_names, claim))
      throw refusedCredential('The provider left the groups out of the token because there are too many.')
    return []
  }
  const parsed = groupList.safeParse(value)
  if (!parsed.success)
    throw refusedCredential(`The roles claim of the token is not a list of at most ${MAX_GROUPS} strings.`)
  return parsed.data
}

/**
 * Returns the claim with this name. When the token has no such claim, reads the name as a dotted path, such as
 * `realm_access.roles`, and returns the nested claim.
 */
function valueAt(payload: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim]
  let value: unknown = payload
  for (const name of claim.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
