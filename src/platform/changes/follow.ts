import type { GraphQLResolveInfo } from 'graphql'
import { sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { requireReadableObject } from '../permissions/visible.ts'
import type { FieldGroup } from '../reads/collect.ts'
import type { Reading } from '../reads/reading.ts'
import { objectNamed } from '../registry/registry.ts'
import type { Actor } from '../request/actor.ts'
import type { RequestContext } from '../request/context.ts'
import type { LogPosition } from '../request/log-ports.ts'
import { decodeLogCursor } from './cursor.ts'
import { groupOf, startEvents } from './event-reading.ts'
import { type FollowOptions, readBatch } from './read-batch.ts'
import { HORIZON } from './read-changes.ts'
import { readStreamEnd, remainingMs } from './stream-state.ts'

// While a transaction is running, committed changes of transactions with higher ids can't be read yet (see `HORIZON`).
// No feed announces the end of a transaction that wrote nothing to the log, so the stream polls: first after 10 ms,
// then after twice as long each time, up to 320 ms.
const PENDING_POLL_MS = 10
const MAX_PENDING_POLL_MS = 320
// Longest time that a stream waits at once: a timer of Node accepts at most 24 days. When the time has passed without a
// change, the stream waits again.
const MAX_WAIT_MS = 3_600_000
// Events that a slow client has not taken this many milliseconds after they were read are read again: the client may
// have lost the right to see them.
const FRESH_MS = 1_000

/**
 * Follows the workspace's log: yields the changes after the cursor, in order, then new ones as they are committed,
 * until the client ends the subscription. Each time the stream wakes, it sends one statement, compiled from the
 * client's selection with the rights that the caller has at that time. The next batch is read only when the client has
 * taken the previous one, so events for a slow client do not accumulate in memory.
 */
export async function follow(
  context: RequestContext,
  info: GraphQLResolveInfo,
  options: FollowOptions,
): Promise<AsyncIterableIterator<Record<string, unknown>>> {
  const reading = () => startEvents(context, info)
  requireReadableObject(reading(), objectNamed(context.runtime.registry, 'Change'))
  const start = options.after === null ? await horizonOf(context) : decodeLogCursor(options.after)
  const clientLeft = new AbortController()
  const items = events(context, reading, groupOf(info), String(info.path.key), options, start, clientLeft.signal)
  const stream: AsyncIterableIterator<Record<string, unknown>> = {
    [Symbol.asyncIterator]: () => stream,
    next: () => items.next(),
    // Without the abort, `return` would wait for the generator's next event, which may never come.
    return() {
      clientLeft.abort()
      return items.return(undefined)
    },
  }
  return stream
}

/**
 * Yields the events of a stream, and as its last event the error that ends it.
 * @param key Response key of the subscription's field.
 * @param start Position after which the stream begins.
 */
async function* events(
  context: RequestContext,
  reading: () => Reading,
  group: FieldGroup,
  key: string,
  options: FollowOptions,
  start: LogPosition,
  clientLeft: AbortSignal,
): AsyncGenerator<Record<string, unknown>, undefined> {
  const { runtime, actor } = context
  const follower = { actor, pluginIds: runtime.pluginIds }
  let wait = new AbortController()
  clientLeft.addEventListener('abort', () => wait.abort())
  let pendingPollMs = PENDING_POLL_MS
  let position = start
  let countEnd: (() => void) | undefined
  try {
    // The stream is counted here and not in `follow`: if the client never requests an event, this generator does not
    // begin, and its `finally` would not uncount the stream.
    countEnd = runtime.streams?.open(actor.id)
    while (!runtime.feed.isClosed() && !clientLeft.aborted) {
      wait = new AbortController()
      const changed = (timeoutMs: number) => runtime.feed.changed(actor.workspaceId, timeoutMs, wait.signal)
      // Begins to wait before the log is read, so that a commit during the read wakes the stream too.
      const nextChange = changed(Math.min(remainingMs(actor), MAX_WAIT_MS))
      const batch = await readBatch(context, reading(), group, options, position)
      if (batch.end) {
        yield { [key]: batch.end }
        return
      }
      const hasMoved = batch.position.xid !== position.xid
      const isFresh = startFreshness(actor)
      let allTaken = true
      for (const { event, change, position: eventPosition } of batch.events) {
        allTaken = isFresh() && !clientLeft.aborted && !runtime.feed.isClosed()
        if (!allTaken) break
        const sent = change && options.decision ? await options.decision.complete(event, change) : event
        // The plugin's code may have taken longer than the rights of the caller may be left unchecked.
        const end = sent && !isFresh() ? await readStreamEnd(context) : null
        if (end) {
          yield { [key]: end }
          return
        }
        if (sent) yield { [key]: sent }
        position = eventPosition
      }
      if (allTaken) position = batch.position
      if (allTaken && !batch.isFull && batch.isPending) {
        pendingPollMs = hasMoved ? PENDING_POLL_MS : Math.min(pendingPollMs * 2, MAX_PENDING_POLL_MS)
        await changed(pendingPollMs)
      } else if (allTaken && !batch.isFull) {
        const unwatch = runtime.streamPoll.watch(follower, position, () => wait.abort())
        await nextChange
        unwatch()
      }
      wait.abort()
    }
  } catch (error) {
    // An error that a generator throws would be sent to the client unchanged, with the database's message. An error as
    // the value of the field is formatted like every other error of a response.
    yield { [key]: error instanceof Error ? error : new Error(String(error)) }
  } finally {
    countEnd?.()
    wait.abort()
  }
}

/**
 * Starts the time limit of events that were just read. The returned function returns whether they may still be sent.
 */
function startFreshness(actor: Actor): () => boolean {
  const readAt = performance.now()
  return () => performance.now() - readAt < FRESH_MS && remainingMs(actor) > 0
}

/** Returns the current end of the log: everything that is committed from now on comes after it. */
async function horizonOf(context: RequestContext): Promise<LogPosition> {
  const [row] = await read<{ horizon: string }>(
    context.runtime.database,
    context.actor.workspaceId,
    sql`select ${HORIZON}::text as horizon`,
  )
  return { xid: row?.horizon ?? '0', seq: '0' }
}
