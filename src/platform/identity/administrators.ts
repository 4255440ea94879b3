import type { PoolClient } from 'pg'
import { type Sql, sql } from '../data/sql.ts'

/** The permission that grants all others. */
export const ALL_PERMISSIONS = '*:*'

/**
 * Returns SQL that selects the ids of the active administrators of a workspace: users with a role that grants `*:*`.
 * More conditions on the actor `a` and the role `r` can be appended to the SQL with `and`.
 */
export function administrators(workspaceId: string): Sql {
  return sql`select a.id from actors a
    join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
    join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
    where a.workspace_id = ${workspaceId}::uuid and a.kind = 'USER' and a.is_active
      and r.deleted_at is null and ${ALL_PERMISSIONS} = any(r.permissions)`
}

/**
 * Returns whether the actor is the last active administrator of the workspace. Locks the workspace until the given
 * transaction of the owner ends: when two administrators are suspended at the same time, the second transaction waits
 * for the first. The rule that protects the last administrator in mutations takes the same lock.
 */
export async function isLastAdministrator(client: PoolClient, workspaceId: string, actorId: string): Promise<boolean> {
  await client.query('select from workspaces where id = $1 for no key update', [workspaceId])
  const { rows } = await client.query<{ id: string }>(administrators(workspaceId))
  return rows.length > 0 && rows.every(({ id }) => id === actorId)
}

/** The error message for an attempt to suspend the last administrator or to take the role away from them. */
export const LAST_ADMINISTRATOR_MESSAGE =
  'Nobody could administer the workspace any more: it needs an active user with a role that grants *:*. Give such a role to somebody else first.'
