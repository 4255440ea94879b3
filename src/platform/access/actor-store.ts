import type { Pool, PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'
import { ProvisioningError } from './errors.ts'

/** A sharing rule in force: the records of an object that meet the filter. */
export interface SharingRule {
  /** uuid */
  readonly id: string
  readonly name: string
  /** Object, such as `Account`. */
  readonly object: string
  readonly access: 'READ' | 'UPDATE' | 'DELETE'
  /** As the object's lists take it. */
  readonly filter: unknown
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
  /** Sharing rules that reach it by its roles and teams. */
  readonly sharing: readonly SharingRule[]
  /** Ids of the plugins that the workspace uses. */
  readonly plugins: readonly string[]
  /** Names of rules that are switched off in the workspace. */
  readonly disabledRules: readonly string[]
}

// jsonb: the pools leave json as text. The owner sees actors and roles of every workspace, which these look-ups need:
// a credential tells its workspace only once it has been looked up.
const selectActor = `
  select a.id, a.kind, a.display_name as "displayName", a.workspace_id as "workspaceId",
         a.is_active as "isActive", a.expires_at as "expiresAt", a.scopes,
         coalesce((
           select jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name, 'permissions', r.permissions) order by r.name)
           from actor_roles ar join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
           where ar.workspace_id = a.workspace_id and ar.actor_id = a.id and r.deleted_at is null
         ), '[]') as roles,
         coalesce((
           select jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'object', s.object, 'access', s.access, 'filter', s.filter) order by s.id)
           from sharing_rules s
           where s.workspace_id = a.workspace_id and s.is_active and s.deleted_at is null
             and (s.role_id in (select role_id from actor_roles where workspace_id = a.workspace_id and actor_id = a.id)
               or s.team_id in (select m.team_id from team_members m join teams t on t.workspace_id = m.workspace_id and t.id = m.team_id
                 where m.workspace_id = a.workspace_id and m.user_id = a.id and t.deleted_at is null))
         ), '[]') as sharing,
         coalesce((
           select jsonb_agg(pa.plugin_id order by pa.plugin_id) from plugin_activations pa
           join installed_plugins p on p.id = pa.plugin_id and p.state = 'INSTALLED'
           where pa.workspace_id = a.workspace_id and pa.is_enabled and pa.quarantined_at is null
         ), '[]') as plugins,
         coalesce((
           select jsonb_agg(rule) from plugin_activations pa, unnest(pa.disabled_rules) rule
           where pa.workspace_id = a.workspace_id
         ), '[]') as "disabledRules"
  from actors a`

/** The actor of a workspace, or null. One statement. */
export async function readActor(owner: Pool, workspaceId: string, actorId: string): Promise<StoredActor | null> {
  const { rows } = await owner.query<StoredActor>({
    name: 'actor-by-id',
    text: `${selectActor} where a.workspace_id = $1 and a.id = $2`,
    values: [workspaceId, actorId],
  })
  return rows[0] ?? null
}

/** The API key whose secret has this hash, or null. One statement. */
export async function readActorByKeyHash(owner: Pool, keyHash: string): Promise<StoredActor | null> {
  const { rows } = await owner.query<StoredActor>({
    name: 'actor-by-key-hash',
    text: `${selectActor} where a.key_hash = $1 and a.kind = 'API_KEY'`,
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
