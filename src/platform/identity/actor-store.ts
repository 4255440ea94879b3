import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import type { SharingRule } from '../request/actor.ts'
import { ProvisioningError } from './identity-errors.ts'
import { RIGHTS, RIGHTS_VERSION } from './rights.ts'

/** What the database's function `rapport_reach` returns. */
interface StoredReach {
  readonly teams?: readonly string[]
  readonly mates?: readonly string[]
  readonly below?: readonly string[]
  readonly sharing?: readonly SharingRule[]
}

/** An actor as the database has it, with what its roles give it. */
export interface StoredActor {
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly workspaceId: string
  readonly isActive: boolean
  /** When an API key stops working; null for never. */
  readonly expiresAt: Date | null
  readonly roles: readonly { readonly id: string; readonly name: string; readonly permissions: readonly string[] }[]
  /** What an API key may do at most, within its roles; `*:*` for everybody else. */
  readonly scopes: readonly string[]
  /** Whom the scopes of its permissions reach; empty where they have none. */
  readonly reach: StoredReach
  /** Differs whenever its roles, scopes, secret, sharing or reach do. */
  readonly rightsVersion: string
  /** Ids of the plugins that the workspace uses. */
  readonly plugins: readonly string[]
  /** Names of rules that are switched off in the workspace. */
  readonly disabledRules: readonly string[]
  /** Whether what the credential rests on, a session or an identity provider, goes on. */
  readonly isCredentialValid: boolean
}

// jsonb: the pools leave json as text. The owner sees actors and roles of every workspace, which these look-ups need:
// a credential tells its workspace only once it has been looked up.
const selectActor = (isCredentialValid: string) => `
  select a.id, a.kind, a.display_name as "displayName", a.workspace_id as "workspaceId",
         a.is_active as "isActive", a.expires_at as "expiresAt", a.scopes,
         rights.roles, rights.reach, ${RIGHTS_VERSION} as "rightsVersion",
         coalesce((
           select jsonb_agg(pa.plugin_id order by pa.plugin_id) from plugin_activations pa
           join installed_plugins p on p.id = pa.plugin_id and p.state = 'INSTALLED'
           where pa.workspace_id = a.workspace_id and pa.is_enabled and pa.quarantined_at is null
         ), '[]') as plugins,
         coalesce((
           select jsonb_agg(rule) from plugin_activations pa, unnest(pa.disabled_rules) rule
           where pa.workspace_id = a.workspace_id
         ), '[]') as "disabledRules",
         ${isCredentialValid} as "isCredentialValid"
  from actors a, ${RIGHTS}`

/** What a credential rests on beside the actor itself. */
export interface CredentialSource {
  /** Session that an access token was taken for, or null. */
  readonly sessionId: string | null
  /** Identity provider whose own token it is, or null. */
  readonly identityProviderId: string | null
  /** Name of this installation's key that signed an access token, or null for any other credential. */
  readonly keyId?: string | null
}

/** Whether the session $3, if any, goes on, and the identity provider $4, if any, is active. */
const isCredentialValid = `($3::uuid is null or exists (
     select from sessions s left join identity_providers p on p.workspace_id = s.workspace_id and p.id = s.identity_provider_id
     where s.workspace_id = a.workspace_id and s.id = $3 and s.actor_id = a.id
       and s.revoked_at is null and s.expires_at > now()
       and (s.identity_provider_id is null or p.is_active and p.deleted_at is null)))
  and ($4::uuid is null or exists (
     select from identity_providers p
     where p.workspace_id = a.workspace_id and p.id = $4 and p.is_active and p.deleted_at is null))`

/** The actor of a workspace, or null. One statement. */
export async function readActor(
  ownerPool: Pool,
  workspaceId: string,
  actorId: string,
  { sessionId, identityProviderId }: CredentialSource = { sessionId: null, identityProviderId: null },
): Promise<StoredActor | null> {
  const { rows } = await ownerPool.query<StoredActor>({
    name: 'actor-by-id',
    text: `${selectActor(isCredentialValid)} where a.workspace_id = $1 and a.id = $2`,
    values: [workspaceId, actorId, sessionId, identityProviderId],
  })
  return rows[0] ?? null
}

/** The API key whose secret has this hash, or null. One statement. */
export async function readActorByKeyHash(ownerPool: Pool, keyHash: string): Promise<StoredActor | null> {
  const { rows } = await ownerPool.query<StoredActor>({
    name: 'actor-by-key-hash',
    text: `${selectActor('true')} where a.key_hash = $1 and a.kind = 'API_KEY'`,
    values: [keyHash],
  })
  return rows[0] ?? null
}

export interface NewActor {
  readonly workspaceId: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly roleName: string
  readonly email?: string
  readonly keyHash?: string
  /** Last four characters of the secret. */
  readonly keyHint?: string
  /** `*:*` when absent. */
  readonly scopes?: readonly string[]
  readonly expiresAt?: Date
}

/**
 * Adds an actor with one role, in the caller's transaction. Answers its id.
 * Throws ProvisioningError when the workspace or the role does not exist, the name is empty or the e-mail is in use.
 */
export async function insertActor(client: PoolClient, actor: NewActor): Promise<string> {
  const displayName = actor.displayName.trim()
  if (displayName === '' || displayName.length > MAX_NAME_LENGTH || displayName.includes('\0')) {
    throw new ProvisioningError('NAME_INVALID', `A name has 1 to ${MAX_NAME_LENGTH} characters.`)
  }
  const roleId = await findRole(client, actor.workspaceId, actor.roleName)
  const id = uuidv7()
  const inserted = await client.query(
    `insert into actors (workspace_id, id, kind, display_name, email, key_hash, key_hint, scopes, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (workspace_id, email) do nothing`,
    [
      actor.workspaceId,
      id,
      actor.kind,
      displayName,
      actor.email,
      actor.keyHash,
      actor.keyHint,
      actor.scopes ?? ['*:*'],
      actor.expiresAt,
    ],
  )
  if (inserted.rowCount === 0) {
    throw new ProvisioningError('EMAIL_TAKEN', `The workspace already has a user with the e-mail ${actor.email}.`)
  }
  await client.query('insert into actor_roles (workspace_id, actor_id, role_id) values ($1, $2, $3)', [
    actor.workspaceId,
    id,
    roleId,
  ])
  return id
}

const MAX_NAME_LENGTH = 200

async function findRole(client: PoolClient, workspaceId: string, roleName: string): Promise<string> {
  const { rows } = await client.query<{ id: string | null; name: string | null }>(
    `select r.id, r.name from workspaces w left join roles r on r.workspace_id = w.id and r.deleted_at is null
     where w.id = $1 order by r.name`,
    [workspaceId],
  )
  if (rows.length === 0) throw new ProvisioningError('WORKSPACE_UNKNOWN', `There is no workspace ${workspaceId}.`)
  const roleId = rows.find((row) => row.name === roleName)?.id
  if (roleId) return roleId
  const names = rows.map((row) => row.name).join(', ')
  throw new ProvisioningError('ROLE_UNKNOWN', `The workspace has no role "${roleName}". Its roles are: ${names}.`)
}
