import type { PoolClient } from 'pg'
import { ALL_PERMISSIONS, isLastAdministrator } from '../administrators.ts'
import type { StoredProvider } from './stored-providers.ts'

/** A role of the workspace and its relation to one user. */
interface CandidateRole {
  readonly id: string
  readonly name: string
  /** Whether any group of the provider is mapped to it. */
  readonly isMapped: boolean
  /** Whether one of the user's groups is mapped to it. */
  readonly isMappedForUser: boolean
  /** Whether the user has it now. */
  readonly isAssigned: boolean
  /** Whether it grants `*:*`. */
  readonly grantsAll: boolean
}

/** Names of a user's roles before and after a synchronisation. */
export interface RoleChange {
  readonly from: readonly string[]
  readonly to: readonly string[]
}

/**
 * Synchronises a user's roles with their groups: adds the roles that the user's groups are mapped to, and removes the
 * other roles that any group is mapped to. Roles that no group is mapped to are assigned by the workspace and stay.
 * A user who would have no role gets the default role of the provider. The last administrator keeps their roles that
 * grant `*:*`, whatever their groups: without them nobody could correct the mapping. Runs in the given transaction of
 * the owner.
 */
export async function synchronizeRoles(
  client: PoolClient,
  provider: StoredProvider,
  actorId: string,
  groups: readonly string[],
): Promise<RoleChange> {
  const { workspaceId, id, defaultRoleId } = provider
  const { rows: roles } = await client.query<CandidateRole>(
    `select r.id, r.name,
       coalesce(bool_or(m.id is not null), false) as "isMapped",
       coalesce(bool_or(m.group_name = any($3::text[])), false) as "isMappedForUser",
       exists (select from actor_roles ar
         where ar.workspace_id = r.workspace_id and ar.role_id = r.id and ar.actor_id = $4) as "isAssigned",
       $5 = any(r.permissions) as "grantsAll"
     from roles r
     left join identity_provider_roles m on m.workspace_id = r.workspace_id and m.role_id = r.id and m.identity_provider_id = $2
     where r.workspace_id = $1 and r.deleted_at is null
     group by r.workspace_id, r.id, r.name, r.permissions order by r.name`,
    [workspaceId, id, groups, actorId, ALL_PERMISSIONS],
  )
  const previous = roles.filter((role) => role.isAssigned)
  const entitled = roles.filter((role) => role.isMappedForUser || (role.isAssigned && !role.isMapped))
  const assigned = entitled.length > 0 ? entitled : roles.filter((role) => role.id === defaultRoleId)
  const kept = await keptAdministratorRoles(client, workspaceId, actorId, previous, assigned)
  const next = [...assigned, ...kept]
  await client.query(
    'delete from actor_roles where workspace_id = $1 and actor_id = $2 and role_id = any($3::uuid[])',
    [workspaceId, actorId, idsOf(previous.filter((role) => !next.includes(role)))],
  )
  await client.query(
    `insert into actor_roles (workspace_id, actor_id, role_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing`,
    [workspaceId, actorId, idsOf(next.filter((role) => !role.isAssigned))],
  )
  return { from: previous.map((role) => role.name), to: next.map((role) => role.name) }
}

/** Returns the roles with `*:*` that the user would lose but keeps, because they are the last administrator. */
async function keptAdministratorRoles(
  client: PoolClient,
  workspaceId: string,
  actorId: string,
  previous: readonly CandidateRole[],
  assigned: readonly CandidateRole[],
): Promise<CandidateRole[]> {
  const lost = previous.filter((role) => role.grantsAll)
  if (lost.length === 0 || assigned.some((role) => role.grantsAll)) return []
  return (await isLastAdministrator(client, workspaceId, actorId)) ? lost : []
}

function idsOf(roles: readonly CandidateRole[]): string[] {
  return roles.map((role) => role.id)
}
