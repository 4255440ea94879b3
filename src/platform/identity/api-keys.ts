import type { Pool } from 'pg'
import { ownerTransaction } from '../data/owner-transaction.ts'
import { parsePermission } from '../declare/permission.ts'
import { ProvisioningError } from './identity-errors.ts'
import { insertActorBy } from './operator-writes.ts'
import { hashSecret, isSecret, makeSecret } from './secrets.ts'

const PREFIX = 'rpk_'

/** Values of an API key to be created. */
export interface NewApiKey {
  readonly workspaceId: string
  /** Name of the integration, shown to people. */
  readonly name: string
  readonly roleName: string
  /** Key scopes: permissions, such as `account:read`, that limit the key to a part of what its role grants. Default: no limit. */
  readonly scopes?: readonly string[]
  /** When it expires; never when absent. */
  readonly expiresAt?: Date
}

/**
 * Creates an API key: an actor of its own with one role. `secret` is the credential that the integration sends. It is
 * returned only here, as the database stores only its hash.
 * @param command Command that creates the key, such as `rapport api-key create`: the log and the audit get an entry, with
 *   the operator as the creator of the key. Without a command nothing is logged.
 * @throws ProvisioningError when the workspace or role is unknown, the name is empty or too long, the expiry is in the
 *   past or a key scope is not a permission.
 */
export async function createApiKey(
  ownerPool: Pool,
  key: NewApiKey,
  command?: string,
): Promise<{ actorId: string; secret: string }> {
  if (key.expiresAt && !(key.expiresAt.getTime() > Date.now())) {
    throw new ProvisioningError('EXPIRY_PAST', 'The expiry of an API key must lie in the future.')
  }
  for (const scope of key.scopes ?? [])
    if (!parsePermission(scope))
      throw new ProvisioningError(
        'SCOPE_INVALID',
        `${JSON.stringify(scope)} is not a permission. Write <object>:<action>, such as account:read, or account.name:read for one field.`,
      )
  const secret = makeSecret(PREFIX)
  const actorId = await ownerTransaction(ownerPool, (client) =>
    insertActorBy(
      client,
      {
        workspaceId: key.workspaceId,
        kind: 'API_KEY',
        displayName: key.name,
        roleName: key.roleName,
        keyHash: hashSecret(secret),
        keyHint: secret.slice(-4),
        ...(key.scopes && { scopes: key.scopes }),
        ...(key.expiresAt && { expiresAt: key.expiresAt }),
      },
      command,
    ),
  )
  return { actorId, secret }
}

/** An API key as it is listed for the operator. */
export interface ListedApiKey {
  /** uuid */
  readonly id: string
  readonly name: string
  /** Last four characters of the secret. */
  readonly hint: string | null
  readonly roles: readonly string[]
  readonly isActive: boolean
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

/** Returns the API keys of a workspace, oldest first, including revoked ones. */
export async function listApiKeys(ownerPool: Pool, workspaceId: string): Promise<ListedApiKey[]> {
  const { rows } = await ownerPool.query<ListedApiKey>(
    `select a.id, a.display_name as name, a.key_hint as hint, a.is_active as "isActive", a.expires_at as "expiresAt",
            a.created_at as "createdAt", array(
              select r.name from actor_roles ar join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
              where ar.workspace_id = a.workspace_id and ar.actor_id = a.id and r.deleted_at is null order by r.name) as roles
     from actors a where a.workspace_id = $1 and a.kind = 'API_KEY' order by a.created_at, a.id`,
    [workspaceId],
  )
  return rows
}

/** Whether a credential has the prefix of an API key, well-formed or not. */
export function isApiKey(credential: string): boolean {
  return credential.startsWith(PREFIX)
}

/** Whether a credential has the form of an API key that this software creates. */
export function isWellFormedApiKey(credential: string): boolean {
  return isSecret(PREFIX, credential)
}
