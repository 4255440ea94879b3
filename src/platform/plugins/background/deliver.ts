import { isUuid } from '../../formats/uuid.ts'
import type { Feed } from '../../request/log-ports.ts'
import type { Background } from './background.ts'
import { deliver } from './deliver-handler.ts'
import { createDeliveryQueue } from './deliver-queue.ts'
import { findDue, handlersOf, passOver, placeNewHandlers, tasksOf } from './handler-positions.ts'

/** Milliseconds in which wake-ups gather before one look at the log serves them all. */
const GATHER_MS = 20
/** Milliseconds between looks at everything: what a lost wake-up or another node's end left undone. */
const SWEEP_MS = 30_000
/** Milliseconds between moving places past what no handler sees, in workspaces where something was written. */
const PASS_MS = 5_000
/** Handlers at work at once: each holds a connection. */
const CONCURRENCY = 2
/** Milliseconds between looks at most, while committed changes wait behind a transaction that still runs. */
const MAX_PENDING_MS = 1_000
/** The loop that hands changes to the handlers of plugins, one for the process. */
export interface Deliveries {
  /** Takes nothing new, and waits for what runs. */
  close(): Promise<void>
}

/**
 * Follows the logs of all workspaces for the handlers of the loaded plugins. A commit wakes it, wherever it was made; while
 * nothing is written it sends two statements every 30 seconds, and none where no plugin has a handler. Any number of nodes
 * may do the same: each change has its effect once.
 */
export function openDeliveries(background: Background, feed: Pick<Feed, 'onChange'>): Deliveries {
  const { database, host, log } = background
  const woken = new Set<string>()
  const passed = new Set<string>()
  const retries = new Set<NodeJS.Timeout>()
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let timerAt = Number.POSITIVE_INFINITY
  let looking: Promise<void> | null = null
  let placed: unknown = null
  let sweepAt = 0
  let passAt = 0
  let pendingMs = GATHER_MS

  const lookAt = (time: number) => {
    if (isClosed || looking || time >= timerAt) return
    clearTimeout(timer)
    timerAt = time
    timer = setTimeout(
      () => {
        timerAt = Number.POSITIVE_INFINITY
        looking = look().finally(() => {
          looking = null
          lookAt(woken.size > 0 ? Math.min(sweepAt, Date.now() + pendingMs) : sweepAt)
        })
      },
      Math.max(time - Date.now(), 0),
    ).unref()
  }
  const rouse = (workspaceId: string) => {
    // Anybody who is connected to the database may send a notification.
    if (!isUuid(workspaceId)) return
    woken.add(workspaceId)
    lookAt(Date.now() + GATHER_MS)
  }
  const rouseIn = (delayMs: number, workspaceId: string) => {
    const retry = setTimeout(() => {
      retries.delete(retry)
      rouse(workspaceId)
    }, delayMs).unref()
    retries.add(retry)
  }

  const queue = createDeliveryQueue(CONCURRENCY, async ({ owned, workspaceId }) => {
    if (isClosed) return false
    try {
      const { isDone, retryInMs } = await deliver(background, owned, workspaceId)
      if (retryInMs !== undefined) rouseIn(retryInMs, workspaceId)
      return !isDone
    } catch (error) {
      log.warn({ err: error, handler: owned.handler.name, workspaceId }, 'Changes could not be handed to a handler')
      rouseIn(MAX_PENDING_MS, workspaceId)
      return false
    }
  })

  async function look(): Promise<void> {
    const workspaceIds = [...woken]
    woken.clear()
    try {
      await lookFor(workspaceIds)
    } catch (error) {
      log.warn({ err: error }, 'The log could not be looked at for the handlers of plugins; it is tried again')
      for (const id of workspaceIds) woken.add(id)
      pendingMs = MAX_PENDING_MS
    }
  }

  async function lookFor(workspaceIds: readonly string[]): Promise<void> {
    const isSweep = Date.now() >= sweepAt
    if (isSweep) sweepAt = Date.now() + SWEEP_MS
    const handlers = handlersOf(host.loaded)
    if (handlers.length === 0) return
    if (placed !== host.loaded) {
      await placeNewHandlers(database.ownerPool, handlers)
      placed = host.loaded
    }
    if (workspaceIds.length > 0) {
      const { due, isPending } = await findDue(database.ownerPool, handlers, workspaceIds)
      queue.add(tasksOf(due, handlers))
      for (const id of workspaceIds) passed.add(id)
      if (isPending) for (const id of workspaceIds) woken.add(id)
      pendingMs = isPending ? Math.min(pendingMs * 2, MAX_PENDING_MS) : GATHER_MS
    }
    if (isSweep) queue.add(tasksOf((await findDue(database.ownerPool, handlers, null)).due, handlers))
    if (isSweep || (passed.size > 0 && Date.now() >= passAt)) {
      await passOver(database.ownerPool, handlers, isSweep ? null : [...passed])
      passed.clear()
      passAt = Date.now() + PASS_MS
    }
  }

  const unsubscribe = feed.onChange(rouse)
  lookAt(Date.now())
  return {
    async close() {
      isClosed = true
      unsubscribe()
      clearTimeout(timer)
      for (const retry of retries) clearTimeout(retry)
      await looking
      await queue.idle()
    },
  }
}
