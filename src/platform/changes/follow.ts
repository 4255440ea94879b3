import type { GraphQLError, GraphQLResolveInfo } from 'graphql'
import { type Row, rowOf, tableOf } from '../data/row.ts'
import { and, raw, type Sql, sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { auditReads } from '../log/audited-reads.ts'
import { requireReadableObject } from '../permissions/visible.ts'
import type { FieldGroup } from '../reads/collect.ts'
import { failuresInPlace } from '../reads/deferred.ts'
import { settleResolved } from '../reads/fields/resolved-fields.ts'
import { beyond, orderBy } from '../reads/order/keyset.ts'
import { elementsOf, type Reading } from '../reads/reading.ts'
import { compileSelection } from '../reads/select.ts'
import { startSelection } from '../reads/start-reading.ts'
import { objectNamed } from '../registry/registry.ts'
import type { Actor } from '../request/actor.ts'
import type { RequestContext } from '../request/context.ts'
import type { LogPosition } from '../request/log-ports.ts'
import { decodeLogCursor } from './cursor.ts'
import { HORIZON, logKeys } from './read-changes.ts'
import { findRefusedKeys, parseStreamState, remainingMs, streamEndError, streamStateSql } from './stream-state.ts'

/** Maximum number of changes that one statement reads. */
const BATCH = 100
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

/** Which changes a subscription sends, and as which GraphQL type. */
export interface FollowOptions {
  /** GraphQL type of the events. Its fields are read from the row of the change in the table `changes`. */
  readonly typeName: string
  /** Cursor after which the stream begins; null to begin with the next change that is committed. */
  readonly after: string | null
  /** Returns the conditions of the changes that are sent. */
  readonly conditions: (reading: Reading, row: Row) => Sql[]
}

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
  const reading = () => startSelection(context, info)
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

function groupOf(info: GraphQLResolveInfo): FieldGroup {
  const [first, ...rest] = info.fieldNodes
  if (!first) throw new Error('The subscription has no field.')
  return [first, ...rest]
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
      for (const { event, position: eventPosition } of batch.events) {
        allTaken = isFresh()
        if (!allTaken) break
        yield { [key]: event }
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

/** The result of one read of the log. */
interface Batch {
  /** The error with which the stream ends instead of sending events; null when the stream goes on. */
  readonly end: GraphQLError | null
  readonly events: readonly { readonly event: unknown; readonly position: LogPosition }[]
  /** Position from which the next batch is read. */
  readonly position: LogPosition
  /** Whether the batch has the maximum number of events, so that more may follow immediately. */
  readonly isFull: boolean
  /** Whether there are changes that can't be read yet, because an older transaction is still running. */
  readonly isPending: boolean
}

/** Reads the events after `position`, and whether the stream has to end, with one statement. */
async function readBatch(
  context: RequestContext,
  reading: Reading,
  group: FieldGroup,
  options: FollowOptions,
  position: LogPosition,
): Promise<Batch> {
  const { runtime, actor } = context
  const follower = { actor, pluginIds: runtime.pluginIds }
  const change = objectNamed(runtime.registry, 'Change')
  const row = rowOf(reading.alias(), change.model)
  const keys = logKeys(row)
  const event = compileSelection(reading, options.typeName, row, group)
  const conditions = [...options.conditions(reading, row), beyond(keys, [position.xid, position.seq], 'after')]
  const item = sql`json_build_array(${row.column('xid')}::text, ${row.column('seq')}::text, ${event.sql})`
  const rows = sql`select ${item} as item from ${tableOf(change, row)} where ${and(conditions)} order by ${orderBy(keys, false)} limit ${raw(String(BATCH))}`
  const pending = sql`exists (select from changes where workspace_id = ${actor.workspaceId}::uuid and xid >= ${HORIZON})`
  const statement = sql`select json_build_array((select json_agg(p.item) from (${rows}) p), ${HORIZON}::text, ${pending}, ${streamStateSql(actor.workspaceId, [actor])}) as answer`
  const [found] = await read<{ answer: string }>(runtime.database, actor.workspaceId, statement, runtime.onStatement)
  const [items, horizon, isPending, streamState] = elementsOf(JSON.parse(found?.answer ?? '[]'))
  const end = streamEndError(
    follower,
    parseStreamState(streamState),
    await findRefusedKeys([actor], runtime.acceptsKey),
  )
  // Once the stream ends, the caller may have no right to the changes: they are neither sent nor passed to plugins'
  // code.
  const changes = items === null || end ? [] : elementsOf(items).map(elementsOf)
  const shaped = changes.map(([, , value]) => event.shape(value))
  // Replaces placeholders in `shaped` by the values of resolved fields. The value of a field that fails becomes an
  // Error. GraphQL's executor adds its path, so the path here is empty.
  await settleResolved(reading, shaped, [], failuresInPlace)
  await auditReads(context, reading.auditedReads)
  const events = changes.map(([xid, seq], index) => ({
    event: shaped[index],
    position: { xid: String(xid), seq: String(seq) },
  }))
  const isFull = events.length === BATCH
  return {
    end,
    events,
    // Unless the batch is full, the statement has read all changes below the horizon that meet the conditions, so the
    // next batch begins at the horizon.
    position: (isFull ? events.at(-1)?.position : null) ?? { xid: String(horizon), seq: '0' },
    isFull,
    isPending: isPending === true,
  }
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
