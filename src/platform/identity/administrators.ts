import type { PoolClient } from 'pg'
import { type Sql, sql } from '../data/sql.ts'

/** The permission that grants all others. */
export const EVERYTHING = '*:*'

/** SQL of the active users of a workspace who may do everything; further conditions on the actor `a` and the role `r` may follow. */
export function administrators(workspaceId: string): Sql {
  return sql`select a.id from actors a
    join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
    join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id
    where a.workspace_id = ${workspaceId}::uuid and a.kind = 'USER' and a.is_active
      and r.deleted_at is null and ${EVERYTHING} = any(r.permissions)`
}

/**
 * Whether the actor is the last active user who may do everything. Until the transaction of the owner ends nobody else in the
 * workspace changes that: of two who would go at once the second waits, as by the API's rule.
 */
export async function isLastAdministrator(client: PoolClient, workspaceId: string, actorId: string): Promise<boolean> {
  await client.query('select from workspaces where id = $1 for no key update', [workspaceId])
  const { rows } = await client.query<{ id: string }>(administrators(workspaceId))
  return rows.length > 0 && rows.every(({ id }) => id === actorId)
}

/** Why the last of them stays, for who would suspend them or take the right away. */
export const ADMINISTRATOR_STAYS =
  'Nobody could administer the workspace any more: it needs an active user with a role that grants *:*. Give it to somebody else first.'
