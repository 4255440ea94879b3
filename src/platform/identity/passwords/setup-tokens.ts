import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { ProvisioningError, refusedCredential } from '../identity-errors.ts'
import { logOperatorSecret } from '../operator-writes.ts'
import { hashSecret, isSecret, makeSecret } from '../secrets.ts'
import { hashPassword } from './password-hash.ts'
import { requireGoodPassword } from './password-rules.ts'
import { passwordOwner, storePassword, type UserKey } from './passwords.ts'

const LIFE_DAYS = 7

/**
 * Creates a setup token, with which a user sets a password (the first or a new one) once, within seven days. The token
 * is returned only here. It replaces an earlier token; the current password stays valid until the token is used. With a
 * command, the log and the audit record it as a write of the operator. Checks no permission.
 * @throws ProvisioningError when the user does not exist.
 */
export async function makeSetupToken(
  ownerPool: Pool,
  user: UserKey,
  command?: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = makeSecret('rps_')
  const expiresAt = await ownerTransaction(ownerPool, async (client) => {
    const expiry = await storeSetupToken(client, user, hashSecret(token))
    if (command !== undefined) await logOperatorSecret(client, user, 'setupToken', command)
    return expiry
  })
  return { token, expiresAt }
}

/** Stores the hash of a setup token and returns its expiry. */
async function storeSetupToken(client: PoolClient, user: UserKey, hash: string): Promise<Date> {
  const { rows } = await client.query<{ expiresAt: Date }>(
    `insert into passwords (workspace_id, actor_id, setup_hash, setup_expires_at)
     select a.workspace_id, a.id, $3, now() + make_interval(days => $4) from actors a
     where a.workspace_id = $1 and a.id = $2 and a.kind = 'USER'
     on conflict (workspace_id, actor_id) do update
       set setup_hash = excluded.setup_hash, setup_expires_at = excluded.setup_expires_at
     returning setup_expires_at as "expiresAt"`,
    [user.workspaceId, user.actorId, hash, LIFE_DAYS],
  )
  const stored = rows[0]
  if (!stored) throw new ProvisioningError('USER_UNKNOWN', `The workspace has no user ${user.actorId}.`)
  return stored.expiresAt
}

/**
 * Sets a password with a setup token, ends all sessions of its user, and returns the user.
 * @throws AuthenticationError when the token is unknown, used or expired, or its user is suspended.
 * @throws PasswordError when the password breaks a rule; the token stays valid.
 */
export async function setPasswordByToken(ownerPool: Pool, token: string, password: string): Promise<UserKey> {
  const hash = isSecret('rps_', token) ? hashSecret(token) : null
  const user = hash === null ? null : await userOfToken(ownerPool, hash)
  if (!user) throw refusedCredential('The setup token is unknown, used or expired, or its user is suspended.')
  const passwordHash = await hashPassword(await requireGoodPassword(password, await passwordOwner(ownerPool, user)))
  await ownerTransaction(ownerPool, async (client) => {
    const { rowCount } = await client.query(
      'update passwords set setup_hash = null where setup_hash = $1 and setup_expires_at > now()',
      [hash],
    )
    if (rowCount !== 1) throw refusedCredential('The setup token was used in the meantime, or replaced.')
    await storePassword(client, user, passwordHash, null)
  })
  return user
}

/** Returns the active user of a valid setup token, or null. */
async function userOfToken(ownerPool: Pool, hash: string): Promise<UserKey | null> {
  const { rows } = await ownerPool.query<UserKey>(
    `select a.workspace_id as "workspaceId", a.id as "actorId"
     from passwords p join actors a on a.workspace_id = p.workspace_id and a.id = p.actor_id
     where p.setup_hash = $1 and p.setup_expires_at > now() and a.is_active`,
    [hash],
  )
  return rows[0] ?? null
}
