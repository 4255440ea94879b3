import { isUuid } from '../../formats/uuid.ts'
import type { Feed } from '../../request/log-ports.ts'
import type { Background } from './background.ts'
import { deliver } from './deliver-handler.ts'
import { createDeliveryQueue } from './deliver-queue.ts'
import { createHandlerPositions, findDue, handlersOf, skipUnmatchedChanges, tasksOf } from './handler-positions.ts'

/** Milliseconds between a wake-up and the check of the log. All wake-ups in this time lead to one check. */
const WAKE_DELAY_MS = 20
/**
 * Milliseconds between checks of all workspaces. They find the changes that were not delivered because a wake-up was
 * lost or another node stopped.
 */
const SWEEP_MS = 30_000
/** Milliseconds between calls of `skipUnmatchedChanges` for the workspaces that have new changes. */
const SKIP_MS = 5_000
/** Number of handlers that run at the same time. Each uses a database connection. */
const CONCURRENCY = 2
/**
 * Maximum of milliseconds between checks while committed changes are not delivered yet, because a transaction that
 * began before them is still running.
 */
const MAX_PENDING_MS = 1_000

/** The loop that delivers changes to the handlers of plugins. A process has one. */
export interface Deliveries {
  /** Starts no further delivery, and waits for the deliveries that are running. */
  close(): Promise<void>
}

/**
 * Starts the loop that delivers the changes in the logs of all workspaces to the handlers of the loaded plugins. A
 * commit on any node wakes the loop. While nothing is written, it sends two SQL statements every 30 seconds, or none
 * when no plugin has a handler. Several nodes may run the loop: the writes of a handler for a change are committed
 * once.
 */
export function openDeliveries(background: Background, feed: Pick<Feed, 'onChange'>): Deliveries {
  const { database, host, log } = background
  const wokenWorkspaces = new Set<string>()
  const checkedWorkspaces = new Set<string>()
  const retries = new Set<NodeJS.Timeout>()
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let checkAt = Number.POSITIVE_INFINITY
  let checking: Promise<void> | null = null
  // The loaded plugins for whose handlers the positions exist.
  let pluginsWithPositions: unknown = null
  let sweepAt = 0
  let skipAt = 0
  let pendingMs = WAKE_DELAY_MS

  const scheduleCheck = (time: number) => {
    if (isClosed || checking || time >= checkAt) return
    clearTimeout(timer)
    checkAt = time
    timer = setTimeout(
      () => {
        checkAt = Number.POSITIVE_INFINITY
        checking = check().finally(() => {
          checking = null
          scheduleCheck(wokenWorkspaces.size > 0 ? Math.min(sweepAt, Date.now() + pendingMs) : sweepAt)
        })
      },
      Math.max(time - Date.now(), 0),
    ).unref()
  }
  const wake = (workspaceId: string) => {
    // The payload is not trusted: every client of the database can send a notification.
    if (!isUuid(workspaceId)) return
    wokenWorkspaces.add(workspaceId)
    scheduleCheck(Date.now() + WAKE_DELAY_MS)
  }
  const wakeIn = (delayMs: number, workspaceId: string) => {
    const retry = setTimeout(() => {
      retries.delete(retry)
      wake(workspaceId)
    }, delayMs).unref()
    retries.add(retry)
  }

  const queue = createDeliveryQueue(CONCURRENCY, async ({ owned, workspaceId }) => {
    if (isClosed) return false
    try {
      const { isDone, retryInMs } = await deliver(background, owned, workspaceId)
      if (retryInMs !== undefined) wakeIn(retryInMs, workspaceId)
      return !isDone
    } catch (error) {
      log.warn({ err: error, handler: owned.handler.name, workspaceId }, 'Changes could not be delivered to a handler')
      wakeIn(MAX_PENDING_MS, workspaceId)
      return false
    }
  })

  async function check(): Promise<void> {
    const workspaceIds = [...wokenWorkspaces]
    wokenWorkspaces.clear()
    try {
      await checkWorkspaces(workspaceIds)
    } catch (error) {
      log.warn({ err: error }, 'The log could not be checked for the handlers of plugins; the check is retried')
      for (const id of workspaceIds) wokenWorkspaces.add(id)
      pendingMs = MAX_PENDING_MS
    }
  }

  async function checkWorkspaces(workspaceIds: readonly string[]): Promise<void> {
    const isSweep = Date.now() >= sweepAt
    if (isSweep) sweepAt = Date.now() + SWEEP_MS
    const handlers = handlersOf(host.loaded)
    if (handlers.length === 0) return
    if (pluginsWithPositions !== host.loaded) {
      await createHandlerPositions(database.ownerPool, handlers)
      pluginsWithPositions = host.loaded
    }
    if (workspaceIds.length > 0) {
      const { due, isPending } = await findDue(database.ownerPool, handlers, workspaceIds)
      queue.add(tasksOf(due, handlers))
      for (const id of workspaceIds) checkedWorkspaces.add(id)
      if (isPending) for (const id of workspaceIds) wokenWorkspaces.add(id)
      pendingMs = isPending ? Math.min(pendingMs * 2, MAX_PENDING_MS) : WAKE_DELAY_MS
    }
    if (isSweep) queue.add(tasksOf((await findDue(database.ownerPool, handlers, null)).due, handlers))
    if (isSweep || (checkedWorkspaces.size > 0 && Date.now() >= skipAt)) {
      await skipUnmatchedChanges(database.ownerPool, handlers, isSweep ? null : [...checkedWorkspaces])
      checkedWorkspaces.clear()
      skipAt = Date.now() + SKIP_MS
    }
  }

  const unsubscribe = feed.onChange(wake)
  scheduleCheck(Date.now())
  return {
    async close() {
      isClosed = true
      unsubscribe()
      clearTimeout(timer)
      for (const retry of retries) clearTimeout(retry)
      await checking
      await queue.idle()
    },
  }
}
