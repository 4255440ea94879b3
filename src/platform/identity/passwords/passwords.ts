import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { PasswordError, ProvisioningError } from '../identity-errors.ts'
import { logOperatorSecret } from '../operator-writes.ts'
import { endSessions } from '../sessions/sessions.ts'
import { hashPassword, isPassword } from './password-hash.ts'
import { normalizedPassword, type PasswordOwner, requireGoodPassword } from './password-rules.ts'

/** Which user of which workspace. */
export interface UserKey {
  readonly workspaceId: string
  readonly actorId: string
}

/**
 * Sets a user's password, as an administrator may, and ends all sessions of the user. With a command, such as `rapport user
 * set-password`, the log and the audit tell that the operator did it. Throws PasswordError for a bad one, ProvisioningError
 * when there is no such user.
 */
export async function setPassword(owner: Pool, user: UserKey, password: string, command?: string): Promise<void> {
  const hash = await hashPassword(await requireGoodPassword(password, await passwordOwner(owner, user)))
  await ownerTransaction(owner, async (client) => {
    await storePassword(client, user, hash, null)
    if (command !== undefined) await logOperatorSecret(client, user, 'password', command)
  })
}

export interface PasswordChange extends UserKey {
  readonly currentPassword: string
  readonly newPassword: string
  /** Session of the request, which stays; null when it has none. */
  readonly sessionId: string | null
}

/**
 * Changes a user's own password, and ends the user's other sessions. Throws PasswordError when the current one is wrong or the
 * new one is bad. Wrong ones count as at a sign-in, so a stolen session can't try on and on.
 */
export async function changePassword(owner: Pool, change: PasswordChange): Promise<void> {
  const { currentPassword, newPassword, sessionId, ...user } = change
  const attempt = await countAttempt(owner, user)
  const isRight = await isPassword(normalizedPassword(currentPassword) ?? '', attempt)
  if (!isRight)
    throw new PasswordError('PASSWORD_WRONG', 'The current password is wrong, or was wrong too often: wait a while.')
  const hash = await hashPassword(await requireGoodPassword(newPassword, await passwordOwner(owner, user)))
  await ownerTransaction(owner, (client) => storePassword(client, user, hash, sessionId))
}

/** Writes a new hash, makes an end of what the old one began, and ends all sessions but one. In the caller's transaction. */
export async function storePassword(
  client: PoolClient,
  user: UserKey,
  hash: string,
  except: string | null,
): Promise<void> {
  await client.query(
    `insert into passwords (workspace_id, actor_id, hash, changed_at) values ($1, $2, $3, now())
     on conflict (workspace_id, actor_id) do update set hash = excluded.hash, changed_at = excluded.changed_at,
       failed_count = 0, locked_until = null, setup_hash = null, setup_expires_at = null`,
    [user.workspaceId, user.actorId, hash],
  )
  await endSessions(client, { ...user, reason: 'PASSWORD_CHANGED', except })
}

/** What is known of the user whose password it is to be. Throws ProvisioningError when there is no such user. */
export async function passwordOwner(owner: Pool, user: UserKey): Promise<PasswordOwner> {
  const { rows } = await owner.query<{ email: string | null; displayName: string; slug: string; name: string }>(
    `select a.email, a.display_name as "displayName", w.slug, w.name
     from actors a join workspaces w on w.id = a.workspace_id
     where a.workspace_id = $1 and a.id = $2 and a.kind = 'USER'`,
    [user.workspaceId, user.actorId],
  )
  const found = rows[0]
  if (!found) throw new ProvisioningError('USER_UNKNOWN', `The workspace has no user ${user.actorId}.`)
  return { email: found.email, displayName: found.displayName, workspace: [found.slug, found.name] }
}

/** Wrong passwords in a row after which each further one makes the user wait. */
export const FREE_ATTEMPTS = 5
const FIRST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 15 * 60

/**
 * Sets `failed_count` and `locked_until` as if the attempt had failed. It is counted before the password is looked at, so
 * that a thousand at the same moment are not a thousand free ones.
 */
export const COUNT_ATTEMPT = `update passwords p set failed_count = p.failed_count + 1,
    locked_until = case when p.failed_count + 1 >= ${FREE_ATTEMPTS} then now() + make_interval(secs =>
      least(${LONGEST_WAIT_SECONDS}, ${FIRST_WAIT_SECONDS} * 2 ^ least(p.failed_count + 1 - ${FREE_ATTEMPTS}, 10))) end`

/** Whether no wait is on. */
export const MAY_ATTEMPT = '(p.locked_until is null or p.locked_until <= now())'

/** Counts an attempt on a user's password. Answers the hash to compare with; null when there is none, or a wait is on. */
async function countAttempt(owner: Pool, user: UserKey): Promise<string | null> {
  const { rows } = await owner.query<{ hash: string | null }>(
    `${COUNT_ATTEMPT} where p.workspace_id = $1 and p.actor_id = $2 and ${MAY_ATTEMPT} returning p.hash`,
    [user.workspaceId, user.actorId],
  )
  return rows[0]?.hash ?? null
}
