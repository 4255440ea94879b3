import type { Database } from '../data/database.ts'
import { sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { elementsOf } from '../reads/reading.ts'
import type { Runtime } from '../request/context.ts'
import type { Follower, LogPosition, StreamPoll } from '../request/log-ports.ts'
import { findRefusedKeys, parseStreamState, streamEndError, streamStateSql } from './stream-state.ts'

// A stream ends within 5 s of what ends it, also where nobody announces that. Spread out, so that nodes and workspaces don't beat together.
const POLL_INTERVAL_MS = 3_000
const POLL_SPREAD_MS = 1_000

interface Watch {
  readonly follower: Follower
  readonly position: LogPosition
  readonly wake: () => void
}

/** Opens the pulse. It beats only while somebody watches, so there is nothing to close. */
export function openStreamPoll(database: Database, acceptsKey: Runtime['acceptsKey']): StreamPoll {
  const workspaces = new Map<string, Set<Watch>>()

  const beat = async (workspaceId: string) => {
    const watches = [...(workspaces.get(workspaceId) ?? [])]
    if (watches.length > 0) {
      // Where that can't be found out, each finds out by itself, or fails.
      const rouses = await look(database, acceptsKey, workspaceId, watches).catch(() => () => true)
      for (const watch of watches) if (rouses(watch)) watch.wake()
    }
    if (workspaces.get(workspaceId)?.size) schedule(workspaceId)
    else workspaces.delete(workspaceId)
  }
  const schedule = (workspaceId: string) => {
    setTimeout(() => void beat(workspaceId), POLL_INTERVAL_MS + Math.random() * POLL_SPREAD_MS).unref()
  }

  return {
    watch(follower, position, wake) {
      const { workspaceId } = follower.actor
      const known = workspaces.get(workspaceId)
      const watches = known ?? new Set()
      const watch = { follower, position, wake }
      watches.add(watch)
      if (!known) {
        workspaces.set(workspaceId, watches)
        schedule(workspaceId)
      }
      return () => void watches.delete(watch)
    },
  }
}

/** Looks at the workspace once. Answers who has a reason to look too. */
async function look(
  database: Database,
  acceptsKey: Runtime['acceptsKey'],
  workspaceId: string,
  watches: readonly Watch[],
): Promise<(watch: Watch) => boolean> {
  const actors = watches.map(({ follower }) => follower.actor)
  const newest = sql`(select max(xid)::text from changes where workspace_id = ${workspaceId}::uuid)`
  const statement = sql`select json_build_array(${newest}, ${streamStateSql(workspaceId, actors)}) as answer`
  const [found] = await read<{ answer: string }>(database, workspaceId, statement)
  const [xid, answer] = elementsOf(JSON.parse(found?.answer ?? '[]'))
  const streamState = parseStreamState(answer)
  const refusedKeys = await findRefusedKeys(actors, acceptsKey)
  const last = BigInt(typeof xid === 'string' ? xid : -1)
  return ({ follower, position }) =>
    last >= BigInt(position.xid) || streamEndError(follower, streamState, refusedKeys) !== null
}
