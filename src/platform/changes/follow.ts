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

const BATCH = 100
// While a transaction below the newest change is still running, its end is what is waited for: no commit may follow to wake us.
const PENDING_POLL_MS = 10
const MAX_PENDING_POLL_MS = 320
// A timer takes no more than 24 days; who was woken for nothing waits again.
const MAX_WAIT_MS = 3_600_000
// What a slow client has not taken by then is read again: it could have lost the right to it meanwhile.
const FRESH_MS = 1_000

/** What a subscription follows. */
export interface FollowOptions {
  /** GraphQL type of its events, over the log's row. */
  readonly typeName: string
  readonly after: string | null
  /** Which changes it is told of. */
  readonly conditions: (reading: Reading, row: Row) => Sql[]
}

/**
 * Follows the workspace's log: first what came after the cursor, in order, then what comes, until the client leaves. Each
 * wake-up is one statement, compiled from what the client selects, under the rights it has then. The next batch is read
 * only when the client has taken the last one, so a slow client costs no memory.
 */
export async function follow(
  context: RequestContext,
  info: GraphQLResolveInfo,
  following: FollowOptions,
): Promise<AsyncIterableIterator<Record<string, unknown>>> {
  const reading = () => startSelection(context, info)
  requireReadableObject(reading(), objectNamed(context.runtime.registry, 'Change'))
  const start = following.after === null ? await horizonOf(context) : decodeLogCursor(following.after)
  const left = new AbortController()
  const items = events(context, reading, groupOf(info), String(info.path.key), following, start, left.signal)
  const stream: AsyncIterableIterator<Record<string, unknown>> = {
    [Symbol.asyncIterator]: () => stream,
    next: () => items.next(),
    // A generator takes a return only between two events, and the next one may never come.
    return() {
      left.abort()
      return items.return(undefined)
    },
  }
  return stream
}

function groupOf(info: GraphQLResolveInfo): FieldGroup {
  const [first, ...rest] = info.fieldNodes
  if (!first) throw new Error('A subscription without a field.')
  return [first, ...rest]
}

async function* events(
  context: RequestContext,
  reading: () => Reading,
  group: FieldGroup,
  key: string,
  following: FollowOptions,
  start: LogPosition,
  left: AbortSignal,
): AsyncGenerator<Record<string, unknown>, undefined> {
  const { runtime, actor } = context
  const follower = { actor, pluginIds: runtime.pluginIds }
  let turn = new AbortController()
  left.addEventListener('abort', () => turn.abort())
  let pendingPoll = PENDING_POLL_MS
  let position = start
  let ended: (() => void) | undefined
  try {
    // Only here: a stream that was left before it began is never told so.
    ended = runtime.streams?.open(actor.id)
    while (!runtime.feed.isClosed() && !left.aborted) {
      turn = new AbortController()
      const changed = (timeoutMs: number) => runtime.feed.changed(actor.workspaceId, timeoutMs, turn.signal)
      // Asked for before the log is read: what is committed in between wakes it.
      const next = changed(Math.min(remainingMs(actor), MAX_WAIT_MS))
      const batch = await readBatch(context, reading(), group, following, position)
      if (batch.end) {
        yield { [key]: batch.end }
        return
      }
      const hasMoved = batch.position.xid !== position.xid
      const isFresh = freshFor(actor)
      let isTaken = true
      for (const { event, at } of batch.events) {
        isTaken = isFresh()
        if (!isTaken) break
        yield { [key]: event }
        position = at
      }
      if (isTaken) position = batch.position
      if (isTaken && !batch.isFull && batch.isPending) {
        pendingPoll = hasMoved ? PENDING_POLL_MS : Math.min(pendingPoll * 2, MAX_PENDING_POLL_MS)
        await changed(pendingPoll)
      } else if (isTaken && !batch.isFull) {
        const unwatch = runtime.streamPoll.watch(follower, position, () => turn.abort())
        await next
        unwatch()
      }
      turn.abort()
    }
  } catch (error) {
    // What a generator throws would leave as it is, with the database's own words: as an event it is presented like any error.
    yield { [key]: error instanceof Error ? error : new Error(String(error)) }
  } finally {
    ended?.()
    turn.abort()
  }
}

/** Tells, from now on, whether what was read now may still be told. */
function freshFor(actor: Actor): () => boolean {
  const readAt = performance.now()
  return () => performance.now() - readAt < FRESH_MS && remainingMs(actor) > 0
}

interface Batch {
  /** Why the stream ends before these events, or null. */
  readonly end: GraphQLError | null
  readonly events: readonly { readonly event: unknown; readonly at: LogPosition }[]
  readonly position: LogPosition
  readonly isFull: boolean
  /** Whether committed changes wait behind a transaction that still runs. */
  readonly isPending: boolean
}

async function readBatch(
  context: RequestContext,
  reading: Reading,
  group: FieldGroup,
  following: FollowOptions,
  position: LogPosition,
): Promise<Batch> {
  const { runtime, actor } = context
  const follower = { actor, pluginIds: runtime.pluginIds }
  const change = objectNamed(runtime.registry, 'Change')
  const row = rowOf(reading.alias(), change.model)
  const keys = logKeys(row)
  const event = compileSelection(reading, following.typeName, row, group)
  const conditions = [...following.conditions(reading, row), beyond(keys, [position.xid, position.seq], 'after')]
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
  // Nothing of it is told or handed to a plugin's code when the caller may not have it any more.
  const changes = items === null || end ? [] : elementsOf(items).map(elementsOf)
  const shaped = changes.map(([, , value]) => event.shape(value))
  await settleResolved(reading, shaped, [], failuresInPlace)
  await auditReads(context, reading.auditedReads)
  const events = changes.map(([xid, seq], index) => ({
    event: shaped[index],
    at: { xid: String(xid), seq: String(seq) },
  }))
  const isFull = events.length === BATCH
  return {
    end,
    events,
    // Everything below the horizon has been looked at, whether it matched or not.
    position: (isFull ? events.at(-1)?.at : null) ?? { xid: String(horizon), seq: '0' },
    isFull,
    isPending: isPending === true,
  }
}

/** The log's end as of now: what is committed from here on comes after it. */
async function horizonOf(context: RequestContext): Promise<LogPosition> {
  const [row] = await read<{ horizon: string }>(
    context.runtime.database,
    context.actor.workspaceId,
    sql`select ${HORIZON}::text as horizon`,
  )
  return { xid: row?.horizon ?? '0', seq: '0' }
}
