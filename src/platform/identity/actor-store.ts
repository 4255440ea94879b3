import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { PLUGINS_IN_USE, SETTINGS_OF_PLUGINS } from '../data/plugins-in-use.ts'
import type { SharingRule } from '../request/actor.ts'
import { CALENDAR, type Calendar } from '../request/calendar.ts'
import type { StoredSettings } from '../request/stored-settings.ts'
import { ProvisioningError } from './identity-errors.ts'
import { pluginsVersion, RIGHTS, RIGHTS_VERSION } from './rights.ts'

/**
 * The scope members of an actor: the teams, teammates and subordinates (uuids) whose records its scopes cover, and its
 * sharing rules. The database function `rapport_reach`, which a migration defines, reads them and returns them under
 * these names. All are absent when no permission of the actor has a scope.
 */
interface StoredScopeMembers {
  /** Teams of the actor. */
  readonly teams?: readonly string[]
  /** Users of these teams, including the actor. */
  readonly mates?: readonly string[]
  /** Actors with a role that is below one of the actor's roles in the hierarchy of roles. */
  readonly below?: readonly string[]
  /** Sharing rules for the actor's roles and teams. */
  readonly sharing?: readonly SharingRule[]
}

/** An actor as stored in the database, with its roles and their permissions. */
export interface StoredActor {
  readonly id: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly workspaceId: string
  readonly calendar: Calendar
  readonly isActive: boolean
  /** When an API key expires; null for never. */
  readonly expiresAt: Date | null
  readonly roles: readonly { readonly id: string; readonly name: string; readonly permissions: readonly string[] }[]
  /** Key scopes: permissions, such as `account:read`, that limit an API key to a part of what its roles grant. */
  readonly scopes: readonly string[]
  /** Teams, teammates, subordinates and sharing rules; empty when no permission of the actor has a scope. */
  readonly scopeMembers: StoredScopeMembers
  /** A hash that changes whenever the actor's roles, key scopes, secret or scope members change. */
  readonly rightsVersion: string
  /** Ids of the plugins that are in use in the workspace. */
  readonly plugins: readonly string[]
  /** Names of the rules that the workspace has disabled. */
  readonly disabledRules: readonly string[]
  /** Settings of the plugins that are in use, by plugin id. Absent for a plugin of which nothing is set. */
  readonly pluginSettings: Readonly<Record<string, StoredSettings>>
  /** A hash that changes whenever the workspace changes settings or disabled rules of a plugin. */
  readonly pluginsVersion: string
  /**
   * Whether the session or identity provider that the credential depends on is still valid; true when it depends on
   * neither.
   */
  readonly isCredentialValid: boolean
}

// The combined columns are jsonb because the pools return json as text. These queries run as the owner of the database,
// who sees the actors and roles of every workspace: the workspace of an API key is known only after the look-up.
const selectActor = (isCredentialValid: string) => `
  select a.id, a.kind, a.display_name as "displayName", a.workspace_id as "workspaceId",
         ${CALENDAR} as calendar,
         a.is_active as "isActive", a.expires_at as "expiresAt", a.scopes,
         rights.roles, rights.scope_members as "scopeMembers", ${RIGHTS_VERSION} as "rightsVersion",
         in_use.plugins, in_use.settings as "pluginSettings", ${pluginsVersion('a.workspace_id')} as "pluginsVersion",
         coalesce((
           select jsonb_agg(rule) from plugin_activations pa, unnest(pa.disabled_rules) rule
           where pa.workspace_id = a.workspace_id
         ), '[]') as "disabledRules",
         ${isCredentialValid} as "isCredentialValid"
  from actors a join workspaces w on w.id = a.workspace_id, ${RIGHTS}, lateral (
    select coalesce(jsonb_agg(pa.plugin_id order by pa.plugin_id), '[]') as plugins, ${SETTINGS_OF_PLUGINS} as settings
    from ${PLUGINS_IN_USE} where pa.workspace_id = a.workspace_id
  ) in_use`

/** What the validity of a credential depends on besides the actor itself. */
export interface CredentialSource {
  /** Session that an access token belongs to, or null. */
  readonly sessionId: string | null
  /** Identity provider that issued the credential, or null for credentials of this installation. */
  readonly identityProviderId: string | null
  /** Id (`kid`) of the signing key of an access token; null for any other credential. */
  readonly keyId?: string | null
}

/**
 * SQL condition on a row `a` of `actors`. $3 is a session or null: the session must belong to the actor and not have
 * ended, and the identity provider that it was started with, if any, must be active. $4 is an identity provider or
 * null: the provider must be active. A null is not checked.
 */
const isCredentialValid = `($3::uuid is null or exists (
     select from sessions s left join identity_providers p on p.workspace_id = s.workspace_id and p.id = s.identity_provider_id
     where s.workspace_id = a.workspace_id and s.id = $3 and s.actor_id = a.id
       and s.revoked_at is null and s.expires_at > now()
       and (s.identity_provider_id is null or p.is_active and p.deleted_at is null)))
  and ($4::uuid is null or exists (
     select from identity_providers p
     where p.workspace_id = a.workspace_id and p.id = $4 and p.is_active and p.deleted_at is null))`

/** Returns the actor with this id in the workspace, or null when there is no such actor. Sends one statement. */
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

/** Returns the API key whose secret has this hash, or null when there is no such key. Sends one statement. */
export async function readActorByKeyHash(ownerPool: Pool, keyHash: string): Promise<StoredActor | null> {
  const { rows } = await ownerPool.query<StoredActor>({
    name: 'actor-by-key-hash',
    text: `${selectActor('true')} where a.key_hash = $1 and a.kind = 'API_KEY'`,
    values: [keyHash],
  })
  return rows[0] ?? null
}

/** Values of an actor to be inserted. */
export interface NewActor {
  readonly workspaceId: string
  readonly kind: 'USER' | 'API_KEY' | 'PLUGIN'
  readonly displayName: string
  readonly roleName: string
  readonly email?: string
  readonly keyHash?: string
  /** Last four characters of the secret. */
  readonly keyHint?: string
  /** Key scopes: permissions that limit an API key. Default: `*:*`, which limits nothing. */
  readonly scopes?: readonly string[]
  readonly expiresAt?: Date
}

/**
 * Inserts an actor with one role, in the given transaction, and returns its id (uuid).
 * @throws ProvisioningError when the workspace or the role does not exist, the name is empty or too long, or the e-mail
 *   is already in use.
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
