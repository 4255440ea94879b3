import { setTimeout as sleep } from 'node:timers/promises'
import type { Background } from './background.ts'
import { deliver } from './deliver-handler.ts'
import { findDue, handlersOf, placeNewHandlers, tasksOf } from './handler-positions.ts'

const LIMIT_MS = 30_000
const PAUSE_MS = 5

/**
 * Hands every change that is committed now to the handlers that see it, and what they write themselves to the others,
 * without timers: for tests. What failed and waits for its time is left.
 * @throws Error when it does not come to an end within 30 seconds.
 */
export async function deliverAll(background: Background): Promise<void> {
  const { database, host } = background
  const until = Date.now() + LIMIT_MS
  const handlers = handlersOf(host.loaded)
  if (handlers.length === 0) return
  await placeNewHandlers(database.ownerPool, handlers)
  for (;;) {
    const { rows } = await database.ownerPool.query<{ id: string }>(
      'select distinct workspace_id as id from plugin_handlers',
    )
    const workspaceIds = rows.map(({ id }) => id)
    const { due, isPending } = await findDue(database.ownerPool, handlers, workspaceIds)
    if (due.length === 0 && !isPending) return
    if (Date.now() > until) throw new Error(`Handlers did not come to an end: ${JSON.stringify({ due, isPending })}.`)
    for (const { owned, workspaceId } of tasksOf(due, handlers)) await deliver(background, owned, workspaceId)
    await sleep(PAUSE_MS)
  }
}
