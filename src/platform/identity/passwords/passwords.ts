import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { PasswordError, ProvisioningError } from '../identity-errors.ts'
import { logOperatorSecret } from '../operator-writes.ts'
import { endSessions } from '../sessions/sessions.ts'
import { hashPassword, isPassword } from './password-hash.ts'
import { normalizedPassword, type PasswordOwner, requireGoodPassword } from './password-rules.ts'

/** Identifies a user of a workspace. */
export interface UserKey {
  readonly workspaceId: string
  readonly actorId: string
}

/**
 * Sets a user's password without asking for the current one, as an administrator or the operator does, and ends all
 * sessions of the user. With a command, such as `rapport user set-password`, the log and the audit record it as a write
 * of the operator. Checks no permission.
 * @throws PasswordError when the password breaks a rule.
 * @throws ProvisioningError when the user does not exist.
 */
export async function setPassword(owner: Pool, user: UserKey, password: string, command?: string): Promise<void> {
  const hash = await hashPassword(await requireGoodPassword(password, await passwordOwner(owner, user)))
  await ownerTransaction(owner, async (client) => {
    await storePassword(client, user, hash, null)
    if (command !== undefined) await logOperatorSecret(client, user, 'password', command)
  })
}

/** A user's change of their own password. */
export interface PasswordChange extends UserKey {
  readonly currentPassword: string
  readonly newPassword: string
  /** Session of the request, which is not ended; null when the request has none. */
  readonly sessionId: string | null
}

/**
 * Changes a user's own password and ends the user's other sessions. A wrong current password is counted like a wrong
 * password of a sign-in, so that somebody with a stolen session can't guess the password.
 * @throws PasswordError when the current password is wrong, the user has to wait, or the new password breaks a rule.
 */
export async function changePassword(owner: Pool, change: PasswordChange): Promise<void> {
  const { currentPassword, newPassword, sessionId, ...user } = change
  const currentHash = await countAttempt(owner, user)
  const isCorrect = await isPassword(normalizedPassword(currentPassword) ?? '', currentHash)
  if (!isCorrect)
    throw new PasswordError(
      'PASSWORD_WRONG',
      'The current password is wrong, or was wrong too many times: wait a few minutes.',
    )
  const hash = await hashPassword(await requireGoodPassword(newPassword, await passwordOwner(owner, user)))
  await ownerTransaction(owner, (client) => storePassword(client, user, hash, sessionId))
}

/**
 * Stores a new hash, resets the count of wrong passwords and the setup token, and ends all sessions of the user except
 * the session `except`. Runs in the given transaction of the owner.
 */
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

/** Returns the user's names for the password rules. Throws ProvisioningError when the user does not exist. */
export async function passwordOwner(owner: Pool, user: UserKey): Promise<PasswordOwner> {
  const { rows } = await owner.query<{ email: string | null; displayName: string; slug: string; name: string }>(
    `select a.email, a.display_name as "displayName", w.slug, w.name
     from actors a join workspaces w on w.id = a.workspace_id
     where a.workspace_id = $1 and a.id = $2 and a.kind = 'USER'`,
    [user.workspaceId, user.actorId],
  )
  const names = rows[0]
  if (!names) throw new ProvisioningError('USER_UNKNOWN', `The workspace has no user ${user.actorId}.`)
  return { email: names.email, displayName: names.displayName, workspace: [names.slug, names.name] }
}

/** Number of wrong passwords in a row from which on each wrong password makes the user wait. */
export const FREE_ATTEMPTS = 5
const FIRST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 15 * 60

/**
 * SQL that counts an attempt as if it had failed: sets `failed_count` and `locked_until` of a row `p` of `passwords`.
 * It runs before the password is checked: otherwise many simultaneous attempts would be checked before one is counted.
 */
export const COUNT_ATTEMPT = `update passwords p set failed_count = p.failed_count + 1,
    locked_until = case when p.failed_count + 1 >= ${FREE_ATTEMPTS} then now() + make_interval(secs =>
      least(${LONGEST_WAIT_SECONDS}, ${FIRST_WAIT_SECONDS} * 2 ^ least(p.failed_count + 1 - ${FREE_ATTEMPTS}, 10))) end`

/** SQL condition: the user of the row `p` of `passwords` does not have to wait. */
export const MAY_ATTEMPT = '(p.locked_until is null or p.locked_until <= now())'

/**
 * Counts an attempt on a user's password. Returns the stored hash, or null when the user has no password or has to
 * wait.
 */
async function countAttempt(owner: Pool, user: UserKey): Promise<string | null> {
  const { rows } = await owner.query<{ hash: string | null }>(
    `${COUNT_ATTEMPT} where p.workspace_id = $1 and p.actor_id = $2 and ${MAY_ATTEMPT} returning p.hash`,
    [user.workspaceId, user.actorId],
  )
  return rows[0]?.hash ?? null
}
