import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { refusedCredential } from '../identity-errors.ts'
import { type SessionLife, type SessionTokens, startSession } from '../sessions/sessions.ts'
import { auditUser, type SignInRequest } from '../sign-in-audit.ts'
import type { AddressAttempts } from './address-attempts.ts'
import { isPassword } from './password-hash.ts'
import { normalizedPassword } from './password-rules.ts'
import { COUNT_ATTEMPT, MAY_ATTEMPT } from './passwords.ts'

/** What a user types. */
export interface PasswordCredentials {
  /** Slug of the workspace. */
  readonly workspace: string
  readonly email: string
  readonly password: string
}

export interface PasswordSignInParts {
  readonly ownerPool: Pool
  readonly addresses: AddressAttempts
  readonly life: SessionLife
}

// Longer than the statements take by which a refusal of a known user differs from that of an unknown one.
const SHORTEST_REFUSAL_MS = 150

/**
 * Begins a session by a password. Refusals are all alike: unknown workspace or user, wrong password, suspended, or made to
 * wait; each computes one hash and none is answered before the same time has passed. Throws AuthenticationError then, and
 * NotNowError for too many attempts from one network address.
 */
export async function signInByPassword(
  parts: PasswordSignInParts,
  credentials: PasswordCredentials,
  request: SignInRequest,
): Promise<SessionTokens> {
  const { ownerPool, addresses } = parts
  addresses.begin(request.origin.ipAddress)
  const begunAt = performance.now()
  const attempt = await countAttempt(ownerPool, credentials)
  const password = normalizedPassword(credentials.password)
  const isRight = (await isPassword(password ?? '', attempt?.hash ?? null)) && password !== null
  const session = attempt?.isActive && isRight ? await begin(parts, attempt, request) : null
  if (session) {
    addresses.succeed(request.origin.ipAddress)
    return session
  }
  if (attempt) await auditUser(ownerPool, { ...attempt, operation: 'SIGN_IN_REFUSED' }, request)
  await sleep(Math.max(0, SHORTEST_REFUSAL_MS - (performance.now() - begunAt)))
  throw refusedCredential(attempt ? whyNot(attempt, isRight) : 'There is no such user, or they have to wait.')
}

/** For the log: the answer is the same for all. */
function whyNot({ actorId, isActive }: Attempt, isRight: boolean): string {
  if (!isRight) return `The password of the user ${actorId} was wrong.`
  return isActive
    ? `The password of the user ${actorId} was changed while it was looked at.`
    : `The user ${actorId} is suspended.`
}

interface Attempt {
  readonly workspaceId: string
  readonly actorId: string
  readonly hash: string
  readonly isActive: boolean
}

/** Counts an attempt on the password of a user. Null when there is no such user, no password, or a wait is on. */
async function countAttempt(ownerPool: Pool, { workspace, email }: PasswordCredentials): Promise<Attempt | null> {
  const { rows } = await ownerPool.query<Attempt>(
    `${COUNT_ATTEMPT} from actors a join workspaces w on w.id = a.workspace_id
     where w.slug = $1 and a.email = $2 and a.kind = 'USER'
       and p.workspace_id = a.workspace_id and p.actor_id = a.id and p.hash is not null and ${MAY_ATTEMPT}
     returning p.workspace_id as "workspaceId", p.actor_id as "actorId", p.hash, a.is_active as "isActive"`,
    [workspace, email.trim().toLowerCase()],
  )
  return rows[0] ?? null
}

/** Null when the password was changed while it was looked at. */
async function begin(
  parts: PasswordSignInParts,
  attempt: Attempt,
  request: SignInRequest,
): Promise<SessionTokens | null> {
  const { workspaceId, actorId, hash } = attempt
  return ownerTransaction(parts.ownerPool, async (client) => {
    // Whoever changes the password ends the sessions in the same transaction: by this row one waits for the other.
    const { rowCount } = await client.query(
      `update passwords set failed_count = 0, locked_until = null
       where workspace_id = $1 and actor_id = $2 and hash = $3`,
      [workspaceId, actorId, hash],
    )
    if (rowCount === 0) return null
    await auditUser(client, { workspaceId, actorId, operation: 'SIGNED_IN' }, request)
    return startSession(client, parts.life, { workspaceId, actorId, identityProviderId: null, origin: request.origin })
  })
}
