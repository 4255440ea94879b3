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
 * Makes the token by which a user sets a password once, the first or a new one, within seven days. It is told this once; an
 * earlier one is good no more. The present password stays until then. With a command the log and the audit tell that the
 * operator did it. Throws ProvisioningError when there is no such user.
 */
export async function makeSetupToken(
  ownerPool: Pool,
  user: UserKey,
  command?: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = makeSecret('rps_')
  const expiresAt = await ownerTransaction(ownerPool, async (client) => {
    const end = await storeSetupToken(client, user, hashSecret(token))
    if (command !== undefined) await logOperatorSecret(client, user, 'setupToken', command)
    return end
  })
  return { token, expiresAt }
}

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
  const made = rows[0]
  if (!made) throw new ProvisioningError('USER_UNKNOWN', `The workspace has no user ${user.actorId}.`)
  return made.expiresAt
}

/**
 * Sets a password by a setup token, and ends all sessions of the user, whom it answers. Throws AuthenticationError for a token
 * that is unknown, used or expired, or of a suspended user, and PasswordError for a bad password: the token stays good then.
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

async function userOfToken(ownerPool: Pool, hash: string): Promise<UserKey | null> {
  const { rows } = await ownerPool.query<UserKey>(
    `select a.workspace_id as "workspaceId", a.id as "actorId"
     from passwords p join actors a on a.workspace_id = p.workspace_id and a.id = p.actor_id
     where p.setup_hash = $1 and p.setup_expires_at > now() and a.is_active`,
    [hash],
  )
  return rows[0] ?? null
}
