import type { GraphQLError } from 'graphql'
import { type Row, rowOf, tableOf } from '../data/row.ts'
import { and, raw, type Sql, sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import type { HandledChange } from '../declare/handler.ts'
import { auditReads } from '../log/audited-reads.ts'
import type { FieldGroup } from '../reads/collect.ts'
import { failuresInPlace } from '../reads/deferred.ts'
import { settleResolved } from '../reads/fields/resolutions.ts'
import { beyond, orderBy } from '../reads/order/keyset.ts'
import { type Answer, elementsOf, type Reading } from '../reads/reading.ts'
import { compileSelection } from '../reads/select.ts'
import { objectNamed } from '../registry/registry.ts'
import type { RequestContext } from '../request/context.ts'
import type { LogPosition } from '../request/log-ports.ts'
import type { CompiledChange } from './handled-change.ts'
import { HORIZON, logKeys } from './read-changes.ts'
import { findRefusedKeys, parseStreamState, streamEndError, streamStateSql } from './stream-state.ts'

/** Maximum number of changes that one statement reads. */
const BATCH = 100

/** Which changes a subscription sends, and as which GraphQL type. */
export interface FollowOptions {
  /** GraphQL type of the events. Its fields are read from the row of the change in the table `changes`. */
  readonly typeName: string
  /** Cursor after which the stream begins; null to begin with the next change that is committed. */
  readonly after: string | null
  /** Returns the conditions of the changes that are sent. */
  readonly conditions: (reading: Reading, row: Row) => Sql[]
  /** Decides about each change whether it is an event; absent when each is. */
  readonly decision?: Decision
}

/** How a plugin's code decides which changes are events. */
export interface Decision {
  /** Compiles what the code gets of a change. */
  readonly change: (reading: Reading, row: Row) => CompiledChange
  /** Returns the event with what the code adds to it; null when the change is no event. */
  readonly complete: (event: Answer, change: HandledChange) => Promise<Answer | null>
}

/** A change that was read from the log. */
interface BatchEvent {
  readonly event: Answer
  /** What a plugin's code gets of the change; null when no code decides about it. */
  readonly change: HandledChange | null
  readonly position: LogPosition
}

/** The result of one read of the log. */
export interface Batch {
  /** The error with which the stream ends instead of sending events; null when the stream goes on. */
  readonly end: GraphQLError | null
  readonly events: readonly BatchEvent[]
  /** Position from which the next batch is read. */
  readonly position: LogPosition
  /** Whether the batch has the maximum number of events, so that more may follow immediately. */
  readonly isFull: boolean
  /** Whether there are changes that can't be read yet, because an older transaction is still running. */
  readonly isPending: boolean
}

/** Reads the events after `position`, and whether the stream has to end, with one statement. */
export async function readBatch(
  context: RequestContext,
  reading: Reading,
  group: FieldGroup,
  options: FollowOptions,
  position: LogPosition,
): Promise<Batch> {
  const { runtime, actor } = context
  const follower = { actor, pluginIds: runtime.pluginIds }
  const log = objectNamed(runtime.registry, 'Change')
  const row = rowOf(reading.alias(), log.model)
  const keys = logKeys(row)
  const event = compileSelection(reading, options.typeName, row, group)
  const change = options.decision?.change(reading, row) ?? null
  const conditions = [...options.conditions(reading, row), beyond(keys, [position.xid, position.seq], 'after')]
  const item = sql`json_build_array(${row.column('xid')}::text, ${row.column('seq')}::text, ${event.sql}, ${change?.sql ?? sql`null`})`
  const rows = sql`select ${item} as item from ${tableOf(log, row)} where ${and(conditions)} order by ${orderBy(keys, false)} limit ${raw(String(BATCH))}`
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
  const events = changes.map(([xid, seq, , value], index) => ({
    event: Object.fromEntries(Object.entries(shaped[index] ?? {})),
    change: change?.shape(value) ?? null,
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
