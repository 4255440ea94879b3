import { setTimeout as sleep } from 'node:timers/promises'
import type { Background } from './background.ts'
import { deliver } from './deliver-handler.ts'
import { createHandlerPositions, findDue, handlersOf, tasksOf } from './handler-positions.ts'

const LIMIT_MS = 30_000
const PAUSE_MS = 5

/**
 * Delivers all committed changes to the handlers, and then the changes that the handlers write. For tests: it does not
 * wait for timers. A change that a handler failed on is not delivered again before the time of its next attempt.
 * @throws Error when the handlers have not finished within 30 seconds.
 */
export async function deliverAll(background: Background): Promise<void> {
  const { database, host } = background
  const deadline = Date.now() + LIMIT_MS
  const handlers = handlersOf(host.loaded)
  if (handlers.length === 0) return
  await createHandlerPositions(database.ownerPool, handlers)
  for (;;) {
    const { rows } = await database.ownerPool.query<{ id: string }>(
      'select distinct workspace_id as id from plugin_handlers',
    )
    const workspaceIds = rows.map(({ id }) => id)
    const { due, isPending } = await findDue(database.ownerPool, handlers, workspaceIds)
    if (due.length === 0 && !isPending) return
    if (Date.now() > deadline) throw new Error(`The handlers did not finish: ${JSON.stringify({ due, isPending })}.`)
    for (const { owned, workspaceId } of tasksOf(due, handlers)) await deliver(background, owned, workspaceId)
    await sleep(PAUSE_MS)
  }
}
