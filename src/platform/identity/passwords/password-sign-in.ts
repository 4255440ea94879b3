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

/** What a user enters to sign in. */
export interface PasswordCredentials {
  /** Slug of the workspace. */
  readonly workspace: string
  readonly email: string
  readonly password: string
}

/** The dependencies and settings of the sign-in by password. */
export interface PasswordSignInParts {
  readonly ownerPool: Pool
  readonly addresses: AddressAttempts
  readonly life: SessionLife
}

// Every refusal takes at least this time. The additional statements for a known user take less, so that the duration
// does not reveal whether the user exists.
const MIN_REFUSAL_MS = 150

/**
 * Begins a session with a password. All refusals look the same to the client (unknown workspace or user, wrong
 * password, suspended user, or a user who has to wait after wrong passwords): each computes one hash and takes at least
 * the same time.
 * @throws AuthenticationError when the sign-in is refused.
 * @throws RetryLaterError when the network address has made too many attempts, or too many hashes are already waiting.
 */
export async function signInByPassword(
  parts: PasswordSignInParts,
  credentials: PasswordCredentials,
  request: SignInRequest,
): Promise<SessionTokens> {
  const { ownerPool, addresses } = parts
  addresses.begin(request.origin.ipAddress)
  const startedAt = performance.now()
  const attempt = await countAttempt(ownerPool, credentials)
  const password = normalizedPassword(credentials.password)
  const isCorrect = (await isPassword(password ?? '', attempt?.hash ?? null)) && password !== null
  const session = attempt?.isActive && isCorrect ? await startIfUnchanged(parts, attempt, request) : null
  if (session) {
    addresses.succeed(request.origin.ipAddress)
    return session
  }
  if (attempt) await auditUser(ownerPool, { ...attempt, operation: 'SIGN_IN_REFUSED' }, request)
  await sleep(Math.max(0, MIN_REFUSAL_MS - (performance.now() - startedAt)))
  throw refusedCredential(
    attempt ? reasonOf(attempt, isCorrect) : 'The user does not exist, has no password, or has to wait.',
  )
}

/** Returns the reason of a refusal, for the log. The client gets the same error for every reason. */
function reasonOf({ actorId, isActive }: Attempt, isCorrect: boolean): string {
  if (!isCorrect) return `The password of the user ${actorId} was wrong.`
  return isActive
    ? `The password of the user ${actorId} was changed while it was checked.`
    : `The user ${actorId} is suspended.`
}

interface Attempt {
  readonly workspaceId: string
  readonly actorId: string
  readonly hash: string
  readonly isActive: boolean
}

/**
 * Counts an attempt on the password of a user. Returns null when the user does not exist, has no password, or has to
 * wait.
 */
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

/** Starts a session. Returns null when the password was changed while it was checked. */
async function startIfUnchanged(
  parts: PasswordSignInParts,
  attempt: Attempt,
  request: SignInRequest,
): Promise<SessionTokens | null> {
  const { workspaceId, actorId, hash } = attempt
  return ownerTransaction(parts.ownerPool, async (client) => {
    // A password change updates this row and ends the sessions in one transaction. The lock on the row makes one of the
    // two transactions wait for the other, so that no session remains that was started with the old password.
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
