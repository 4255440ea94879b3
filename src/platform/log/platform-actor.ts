import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'

/** Id of the core module of the audit, and display name of its actor. */
export const AUDIT = 'audit'

/** Display name of the actor for what the operator does on the command line. */
export const OPERATOR = 'operator'

const SELECT_ACTOR = `select a.id from actors a where a.workspace_id = $1 and a.kind = 'PLUGIN' and a.display_name = $2
  and not exists (select from plugin_activations p where p.workspace_id = a.workspace_id and p.actor_id = a.id)
  order by a.id limit 1`

/**
 * Returns the uuid of the workspace's actor for what the platform itself does. It is never the actor of a plugin, not
 * even of a plugin with the same name. `name` is AUDIT, OPERATOR or the id of a module of core. The first call creates the actor. `client` is in a transaction of the database's
 * owner.
 */
export async function platformActor(client: PoolClient, workspaceId: string, name: string): Promise<string> {
  const existing = await client.query<{ id: string }>(SELECT_ACTOR, [workspaceId, name])
  if (existing.rows[0]) return existing.rows[0].id
  // Of two concurrent callers the second waits here, and then finds the actor that the first one created.
  await client.query('select from workspaces where id = $1 for no key update', [workspaceId])
  const created = await client.query<{ id: string }>(SELECT_ACTOR, [workspaceId, name])
  if (created.rows[0]) return created.rows[0].id
  const id = uuidv7()
  await client.query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'PLUGIN', $3)`, [
    workspaceId,
    id,
    name,
  ])
  return id
}
