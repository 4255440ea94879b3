import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'

/** Id of the part of core that keeps the audit, and the name of the actor in whose name it works. */
export const AUDIT = 'audit'

/** Name of the actor in whose name the operator works: by the command line. */
export const OPERATOR = 'operator'

const OWN_ACTOR = `select a.id from actors a where a.workspace_id = $1 and a.kind = 'PLUGIN' and a.display_name = $2
  and not exists (select from plugin_activations p where p.workspace_id = a.workspace_id and p.actor_id = a.id)
  order by a.id limit 1`

/**
 * uuid of the actor of a workspace in whose name the platform itself does something, and no plugin even of that name. It is made
 * when it is first needed, in the caller's transaction of the owner.
 */
export async function platformActor(
  client: PoolClient,
  workspaceId: string,
  name: typeof AUDIT | typeof OPERATOR,
): Promise<string> {
  const known = await client.query<{ id: string }>(OWN_ACTOR, [workspaceId, name])
  if (known.rows[0]) return known.rows[0].id
  // Of two that need it at the same moment the second waits here, and finds what the first has made.
  await client.query('select from workspaces where id = $1 for no key update', [workspaceId])
  const made = await client.query<{ id: string }>(OWN_ACTOR, [workspaceId, name])
  if (made.rows[0]) return made.rows[0].id
  const id = uuidv7()
  await client.query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'PLUGIN', $3)`, [
    workspaceId,
    id,
    name,
  ])
  return id
}
