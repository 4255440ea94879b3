import { randomUUID } from 'node:crypto'
import type { App } from '../../app.ts'
import { actorById } from '../../platform/identity/authenticate.ts'
import { readInstalled } from '../../platform/plugins/lifecycle/installed.ts'
import type { RequestContext } from '../../platform/request/context.ts'
import { CommandError } from '../command-error.ts'

/** Returns what to print for a plugin that is not installed, or can't be used. */
export async function unknownPluginMessage({ host, database }: App, id: string): Promise<string> {
  const unavailable = host.unavailable.find((plugin) => plugin.id === id)
  if (unavailable) return `${id} can't be used: ${unavailable.reason}`
  const installed = (await readInstalled(database.ownerPool)).filter(({ state }) => state === 'INSTALLED')
  const ids = installed.map((row) => row.id).join(', ')
  return `The plugin ${id} is not installed. ${ids === '' ? 'No plugin is installed.' : `Installed plugins: ${ids}.`}`
}

/**
 * Returns a request context whose actor is an active administrator of the workspace: of several, the user who was
 * created first. The log then shows this user as the actor of the change.
 *
 * @throws CommandError when the workspace has no active administrator.
 */
export async function administratorContext(app: App, workspaceId: string, slug: string): Promise<RequestContext> {
  const { rows } = await app.database.ownerPool.query<{ id: string }>(
    `select a.id from actors a
     join actor_roles ar on ar.workspace_id = a.workspace_id and ar.actor_id = a.id
     join roles r on r.workspace_id = ar.workspace_id and r.id = ar.role_id and r.permissions @> array['*:*']
     where a.workspace_id = $1 and a.kind = 'USER' and a.is_active order by a.id limit 1`,
    [workspaceId],
  )
  if (!rows[0])
    throw new CommandError(`The workspace ${slug} has no active administrator as whom the change can be logged.`)
  const actor = await actorById(app.database.ownerPool, workspaceId, rows[0].id)
  const runtime = await app.host.runtimeOf(actor)
  return { runtime, actor, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}
