import type { Database } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { elementsOf } from '../reads/reading.ts'
import type { Runtime } from '../request/context.ts'
import type { Follower, LogPosition, StreamPoll } from '../request/log-ports.ts'
import { findRefusedKeys, parseStreamState, streamEndError, streamStateSql } from './stream-state.ts'

// A stream has to end within 5 s after a change of its caller's credential or rights, also when no node announces this
// change. The random part keeps nodes and workspaces from polling at the same time.
const POLL_INTERVAL_MS = 3_000
const POLL_SPREAD_MS = 1_000

/** A stream that waits for changes. */
interface Watch {
  readonly follower: Follower
  readonly position: LogPosition
  readonly wake: () => void
}

/** Opens the poll. It runs only for workspaces in which a stream waits, so there is nothing to close. */
export function openStreamPoll(database: Database, acceptsKey: Runtime['acceptsKey']): StreamPoll {
  const workspaces = new Map<string, Set<Watch>>()

  const poll = async (workspaceId: string) => {
    const watches = [...(workspaces.get(workspaceId) ?? [])]
    if (watches.length > 0) {
      // When the check fails, all streams wake. Each stream then runs its own statement, and ends if this statement
      // fails too.
      const hasReason = await checkWorkspace(database, acceptsKey, workspaceId, watches).catch(() => () => true)
      for (const watch of watches) if (hasReason(watch)) watch.wake()
    }
    if (workspaces.get(workspaceId)?.size) schedule(workspaceId)
    else workspaces.delete(workspaceId)
  }
  const schedule = (workspaceId: string) => {
    setTimeout(() => void poll(workspaceId), POLL_INTERVAL_MS + Math.random() * POLL_SPREAD_MS).unref()
  }

  return {
    watch(follower, position, wake) {
      const { workspaceId } = follower.actor
      const existing = workspaces.get(workspaceId)
      const watches = existing ?? new Set()
      const watch = { follower, position, wake }
      watches.add(watch)
      if (!existing) {
        workspaces.set(workspaceId, watches)
        schedule(workspaceId)
      }
      return () => void watches.delete(watch)
    },
  }
}

/** Checks the workspace with one statement. Returns a function that returns whether a stream has a reason to wake. */
async function checkWorkspace(
  database: Database,
  acceptsKey: Runtime['acceptsKey'],
  workspaceId: string,
  watches: readonly Watch[],
): Promise<(watch: Watch) => boolean> {
  const actors = watches.map(({ follower }) => follower.actor)
  const newest = sql`(select max(xid)::text from changes where workspace_id = ${workspaceId}::uuid)`
  const statement = sql`select json_build_array(${newest}, ${streamStateSql(workspaceId, actors)}) as answer`
  const [row] = await read<{ answer: string }>(database, workspaceId, statement)
  const [xid, state] = elementsOf(JSON.parse(row?.answer ?? '[]'))
  const streamState = parseStreamState(state)
  const refusedKeys = await findRefusedKeys(actors, acceptsKey)
  const newestXid = BigInt(typeof xid === 'string' ? xid : -1)
  return ({ follower, position }) =>
    newestXid >= BigInt(position.xid) || streamEndError(follower, streamState, refusedKeys) !== null
}
