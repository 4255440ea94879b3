import type { PoolClient } from 'pg'
import { uuidv7 } from 'uuidv7'

/** Id of the part of core that keeps the audit, and the name of the actor in whose name it works. */
export const AUDIT = 'audit'

/** uuid of the actor in whose name the audit itself does something in a workspace, made when it is first needed. */
export async function auditActor(client: PoolClient, workspaceId: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `select id from actors where workspace_id = $1 and kind = 'PLUGIN' and display_name = $2 order by id limit 1`,
    [workspaceId, AUDIT],
  )
  if (rows[0]) return rows[0].id
  const id = uuidv7()
  await client.query(`insert into actors (workspace_id, id, kind, display_name) values ($1, $2, 'PLUGIN', $3)`, [
    workspaceId,
    id,
    AUDIT,
  ])
  return id
}
