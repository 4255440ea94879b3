import pg from 'pg'
import type { Feed } from '../request/log-ports.ts'

const CHANNEL = 'rapport_changes'
// One NOTIFY announces all commits of this many milliseconds. It is not sent within the writing transactions, because
// PostgreSQL would then commit them one after the other.
const COALESCE_MS = 5
const RECONNECT_MS = 1_000

/**
 * Opens the feed, which wakes streams and handlers when something was committed on this node or another. It uses
 * PostgreSQL's LISTEN and NOTIFY on a separate connection, and reconnects when the connection is lost.
 * @param url Connection string of the database.
 * @param onError Called with each error of the connection.
 */
export function openFeed(url: string, onError: (error: unknown) => void): Feed {
  const waitersByWorkspace = new Map<string, Set<() => void>>()
  /** Workspaces that the next NOTIFY announces. */
  const unannounced = new Set<string>()
  const listeners = new Set<(workspaceId: string) => void>()
  let notifyTimer: NodeJS.Timeout | null = null
  let reconnectTimer: NodeJS.Timeout | null = null
  let isClosed = false
  let client: pg.Client | null = null

  const wake = (workspaceId: string) => {
    const waiters = waitersByWorkspace.get(workspaceId)
    waitersByWorkspace.delete(workspaceId)
    for (const waiter of waiters ?? []) waiter()
    for (const listener of listeners) listener(workspaceId)
  }

  const listen = async () => {
    const connection = new pg.Client({ connectionString: url })
    const onLost = (error: unknown) => {
      if (client === connection) client = null
      connection.removeAllListeners()
      // A connection that is lost may emit `error` more than once.
      connection.on('error', () => undefined)
      connection.end().catch(() => undefined)
      if (isClosed) return
      if (error) onError(error)
      reconnectTimer ??= setTimeout(() => {
        reconnectTimer = null
        void listen()
      }, RECONNECT_MS).unref()
    }
    let backendPid: number | undefined
    connection.on('notification', ({ payload, processId }) => {
      // This node's own NOTIFY is ignored: `announce` has already woken the waiters here.
      if (processId !== backendPid) wake(payload ?? '')
    })
    connection.on('error', onLost)
    connection.on('end', () => onLost(null))
    try {
      await connection.connect()
      backendPid = (await connection.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
      await connection.query(`listen ${CHANNEL}`)
      if (isClosed) await connection.end()
      else client = connection
    } catch (error) {
      onLost(error)
    }
  }
  const listening = listen()

  let sending: Promise<unknown> = Promise.resolve()
  const flush = () => {
    notifyTimer = null
    const workspaces = [...unannounced]
    unannounced.clear()
    if (workspaces.length === 0) return
    // One after another: the connection takes one statement at a time.
    sending = sending
      .then(() => client?.query(`select pg_notify('${CHANNEL}', id) from unnest($1::text[]) id`, [workspaces]))
      .catch(onError)
  }

  return {
    announce(workspaceId) {
      wake(workspaceId)
      unannounced.add(workspaceId)
      notifyTimer ??= setTimeout(flush, COALESCE_MS).unref()
    },
    changed(workspaceId, timeoutMs, signal) {
      return new Promise((resolve) => {
        const waiters = waitersByWorkspace.get(workspaceId) ?? new Set()
        waitersByWorkspace.set(workspaceId, waiters)
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiters.delete(done)
          resolve()
        }
        const limit = setTimeout(done, timeoutMs)
        waiters.add(done)
        if (signal.aborted || isClosed) done()
        else signal.addEventListener('abort', done)
      })
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    isClosed: () => isClosed,
    async close() {
      isClosed = true
      if (notifyTimer) clearTimeout(notifyTimer)
      if (reconnectTimer) clearTimeout(reconnectTimer)
      for (const workspaceId of [...waitersByWorkspace.keys()]) wake(workspaceId)
      await listening
      // Announces the last commits, so that other nodes read them at once and not only at their next poll.
      flush()
      await sending
      const last = client
      client = null
      await last?.end()
    },
  }
}
