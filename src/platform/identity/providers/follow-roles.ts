import type { PoolClient } from 'pg'
import { ALL_PERMISSIONS, isLastAdministrator } from '../administrators.ts'
import type { StoredProvider } from './stored-providers.ts'

interface HeldRole {
  readonly id: string
  readonly name: string
  /** Whether some group of the provider gives it. */
  readonly isMapped: boolean
  /** Whether one of the user's groups gives it. */
  readonly isGiven: boolean
  readonly isHeld: boolean
  /** Whether it grants everything. */
  readonly isAdministrators: boolean
}

/** Names of a user's roles before and after. */
export interface RoleChange {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/**
 * Gives the user the roles of their groups, and takes those away that other groups would give. Roles that no group gives are the
 * workspace's own matter. Whoever has none after that gets the default role. The last active user who may do everything keeps a
 * role for it, whatever their groups: nobody could mend it. In the caller's transaction of the owner.
 */
export async function synchronizeRoles(
  client: PoolClient,
  provider: StoredProvider,
  actorId: string,
  groups: readonly string[],
): Promise<RoleChange> {
  const { workspaceId, id, defaultRoleId } = provider
  const { rows: roles } = await client.query<HeldRole>(
    `select r.id, r.name,
       coalesce(bool_or(m.id is not null), false) as "isMapped",
       coalesce(bool_or(m.group_name = any($3::text[])), false) as "isGiven",
       exists (select from actor_roles ar
         where ar.workspace_id = r.workspace_id and ar.role_id = r.id and ar.actor_id = $4) as "isHeld",
       $5 = any(r.permissions) as "isAdministrators"
     from roles r
     left join identity_provider_roles m on m.workspace_id = r.workspace_id and m.role_id = r.id and m.identity_provider_id = $2
     where r.workspace_id = $1 and r.deleted_at is null
     group by r.workspace_id, r.id, r.name, r.permissions order by r.name`,
    [workspaceId, id, groups, actorId, ALL_PERMISSIONS],
  )
  const held = roles.filter((role) => role.isHeld)
  const due = roles.filter((role) => role.isGiven || (role.isHeld && !role.isMapped))
  const given = due.length > 0 ? due : roles.filter((role) => role.id === defaultRoleId)
  const kept = await administratorRoles(client, workspaceId, actorId, held, given)
  const to = [...given, ...kept]
  await client.query(
    'delete from actor_roles where workspace_id = $1 and actor_id = $2 and role_id = any($3::uuid[])',
    [workspaceId, actorId, idsOf(held.filter((role) => !to.includes(role)))],
  )
  await client.query(
    `insert into actor_roles (workspace_id, actor_id, role_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing`,
    [workspaceId, actorId, idsOf(to.filter((role) => !role.isHeld))],
  )
  return { from: held.map((role) => role.name), to: to.map((role) => role.name) }
}

/** Of the roles that grant everything those that the user would lose and, as the last administrator, keeps. */
async function administratorRoles(
  client: PoolClient,
  workspaceId: string,
  actorId: string,
  held: readonly HeldRole[],
  given: readonly HeldRole[],
): Promise<HeldRole[]> {
  const lost = held.filter((role) => role.isAdministrators)
  if (lost.length === 0 || given.some((role) => role.isAdministrators)) return []
  return (await isLastAdministrator(client, workspaceId, actorId)) ? lost : []
}

function idsOf(roles: readonly HeldRole[]): string[] {
  return roles.map((role) => role.id)
}
