import pg from 'pg'
import type { Feed } from '../request/log-ports.ts'

const CHANNEL = 'rapport_changes'
// One NOTIFY for all commits of so many milliseconds: inside the writing transaction it would serialise commits.
const COALESCE_MS = 5
const RECONNECT_MS = 1_000

/** Opens the feed over the database's NOTIFY, on a connection of its own. */
export function openFeed(url: string, onError: (error: unknown) => void): Feed {
  const waiting = new Map<string, Set<() => void>>()
  const announced = new Set<string>()
  const listeners = new Set<(workspaceId: string) => void>()
  let timer: NodeJS.Timeout | null = null
  let reconnect: NodeJS.Timeout | null = null
  let isClosed = false
  let client: pg.Client | null = null

  const wake = (workspaceId: string) => {
    const waiters = waiting.get(workspaceId)
    waiting.delete(workspaceId)
    for (const waiter of waiters ?? []) waiter()
    for (const listener of listeners) listener(workspaceId)
  }

  const listen = async () => {
    const next = new pg.Client({ connectionString: url })
    const lost = (error: unknown) => {
      if (client === next) client = null
      next.removeAllListeners()
      // A connection that is going away says so more than once.
      next.on('error', () => undefined)
      next.end().catch(() => undefined)
      if (isClosed) return
      if (error) onError(error)
      reconnect ??= setTimeout(() => {
        reconnect = null
        void listen()
      }, RECONNECT_MS).unref()
    }
    let own: number | undefined
    next.on('notification', ({ payload, processId }) => {
      // What this node announces has woken its own already.
      if (processId !== own) wake(payload ?? '')
    })
    next.on('error', lost)
    next.on('end', () => lost(null))
    try {
      await next.connect()
      own = (await next.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
      await next.query(`listen ${CHANNEL}`)
      if (isClosed) await next.end()
      else client = next
    } catch (error) {
      lost(error)
    }
  }
  const listening = listen()

  let sending: Promise<unknown> = Promise.resolve()
  const flush = () => {
    timer = null
    const workspaces = [...announced]
    announced.clear()
    if (workspaces.length === 0) return
    // One after the other: the connection takes one statement at a time.
    sending = sending
      .then(() => client?.query(`select pg_notify('${CHANNEL}', id) from unnest($1::text[]) id`, [workspaces]))
      .catch(onError)
  }

  return {
    announce(workspaceId) {
      wake(workspaceId)
      announced.add(workspaceId)
      timer ??= setTimeout(flush, COALESCE_MS).unref()
    },
    changed(workspaceId, timeoutMs, signal) {
      return new Promise((resolve) => {
        const waiters = waiting.get(workspaceId) ?? new Set()
        waiting.set(workspaceId, waiters)
        const done = () => {
          clearTimeout(limit)
          signal.removeEventListener('abort', done)
          waiters.delete(done)
          resolve()
        }
        const limit = setTimeout(done, timeoutMs)
        waiters.add(done)
        if (signal.aborted) done()
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
      if (timer) clearTimeout(timer)
      if (reconnect) clearTimeout(reconnect)
      for (const workspaceId of [...waiting.keys()]) wake(workspaceId)
      await listening
      // What the last commits announced: other nodes need not wait for their next look at the log.
      flush()
      await sending
      const last = client
      client = null
      await last?.end()
    },
  }
}
