import { z } from 'zod'
import { refusedCredential } from '../identity-errors.ts'
import type { StoredProvider } from './stored-providers.ts'

/** What an identity provider says of a user. */
export interface IdentityClaims {
  /** The provider's own name for the user, `sub`. */
  readonly subject: string
  /** In lower case; null when there is none, or the provider does not vouch for it. */
  readonly verifiedEmail: string | null
  /** Name that people know the user by, 200 characters at most. */
  readonly displayName: string
  /** Groups that the roles claim names; none when the provider maps no roles. */
  readonly groups: readonly string[]
}

const MAX_NAME_LENGTH = 200
const MAX_GROUPS = 1_000

// PostgreSQL can't store a NUL.
const text = z.string().refine((value) => !value.includes('\0'))
const emailAddress = text.trim().toLowerCase().max(254).pipe(z.email())
const groupList = z.union([text.transform((group) => [group]), z.array(text).max(MAX_GROUPS)])
// Some providers write booleans as text.
const isTrue = z.union([z.literal(true), z.literal('true')])

/**
 * Reads the claims of a token whose signature was checked, as the provider's settings say. Throws AuthenticationError for groups
 * that are no list of texts, or are too many for the token to hold.
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

function nameOf(payload: Readonly<Record<string, unknown>>, otherwise: string): string {
  const names = [payload['name'], payload['preferred_username'], otherwise]
  for (const name of names) {
    const parsed = text.trim().min(1).safeParse(name)
    if (parsed.success) return [...parsed.data].slice(0, MAX_NAME_LENGTH).join('')
  }
  return 'User'
}

const distributed = z.object({ _claim_names: z.record(z.string(), z.unknown()) })

function groupsOf(payload: Readonly<Record<string, unknown>>, claim: string): readonly string[] {
  const value = valueAt(payload, claim)
  if (value === undefined || value === null) {
    // Entra ID does so for members of many groups. To take it for none would take all their roles away.
    const elsewhere = distributed.safeParse(payload)
    if (elsewhere.success && Object.hasOwn(elsewhere.data._claim_names, claim))
      throw refusedCredential('The provider leaves the groups out of the token, as they are too many.')
    return []
  }
  const parsed = groupList.safeParse(value)
  if (!parsed.success) throw refusedCredential('The roles claim of the token is no list of texts.')
  return parsed.data
}

/** The claim of that name, or within others by a path with dots, such as `realm_access.roles`. */
function valueAt(payload: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(payload, claim)) return payload[claim]
  let value: unknown = payload
  for (const name of claim.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}
