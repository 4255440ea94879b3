import type { GraphQLError, GraphQLResolveInfo } from 'graphql'
import type { RequestContext } from '../context.ts'
import { and, raw, type Sql, sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { codedError } from '../errors.ts'
import type { FieldGroup } from '../reads/collect.ts'
import { failuresInPlace } from '../reads/deferred.ts'
import { settleResolved } from '../reads/fields/resolved.ts'
import { beyond, orderBy } from '../reads/keyset.ts'
import { elementsOf, type Reading, type Row, rowOf, startReading } from '../reads/reading.ts'
import { tableOf } from '../reads/record.ts'
import { compileSelection } from '../reads/select.ts'
import { requireReadable } from '../reads/visible.ts'
import { objectNamed } from '../schema/registry.ts'
import { decodeLogCursor, type LogPosition } from './cursor.ts'
import { HORIZON, logKeys } from './read.ts'

const BATCH = 100
// While a transaction below the newest change is still running, its end is what is waited for: no commit may follow to wake us.
const PENDING_POLL_MS = 10
const IDLE_POLL_MS = 5_000

/** What a subscription follows. */
export interface Following {
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
  following: Following,
): Promise<AsyncGenerator<Record<string, unknown>>> {
  const reading = () =>
    startReading({
      schema: info.schema,
      fragments: info.fragments,
      variables: info.variableValues,
      registry: context.runtime.registry,
      actor: context.actor,
    })
  requireReadable(reading(), objectNamed(context.runtime.registry, 'Change'))
  const start = following.after === null ? await horizonOf(context) : decodeLogCursor(following.after)
  return events(context, reading, groupOf(info), String(info.path.key), following, start)
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
  following: Following,
  start: LogPosition,
): AsyncGenerator<Record<string, unknown>> {
  const { runtime, actor } = context
  const leave = new AbortController()
  let position = start
  try {
    while (!isOver(context)) {
      // Asked for before the log is read: what is committed in between wakes it.
      const changed = runtime.feed.changed(actor.workspaceId, Math.min(IDLE_POLL_MS, lifetime(context)), leave.signal)
      const batch = await readBatch(context, reading(), group, following, position)
      const lost = runtime.pluginIds.find((id) => !batch.plugins.has(id))
      if (lost !== undefined) {
        yield { [key]: pluginDisabled(lost) }
        return
      }
      for (const event of batch.events) yield { [key]: event }
      position = batch.position
      if (batch.isFull) continue
      if (batch.isPending) await runtime.feed.changed(actor.workspaceId, PENDING_POLL_MS, leave.signal)
      else await changed
    }
  } finally {
    leave.abort()
  }
}

/** The last event of a stream whose schema has types that its workspace has no longer. */
function pluginDisabled(plugin: string): GraphQLError {
  return codedError(
    'PLUGIN_DISABLED',
    `The workspace does not use the plugin ${plugin} any more, with which this subscription began, so it ends. Subscribe again, without what the plugin added.`,
    { plugin },
  )
}

/** Milliseconds until the credential ends. */
function lifetime({ actor }: RequestContext): number {
  return actor.expiresAt === null ? Number.POSITIVE_INFINITY : actor.expiresAt.getTime() - Date.now()
}

function isOver(context: RequestContext): boolean {
  return context.runtime.feed.isClosed() || lifetime(context) <= 0
}

interface Batch {
  readonly events: readonly unknown[]
  readonly position: LogPosition
  readonly isFull: boolean
  /** Whether committed changes wait behind a transaction that still runs. */
  readonly isPending: boolean
  /** Ids of the plugins that the workspace uses now. */
  readonly plugins: ReadonlySet<unknown>
}

async function readBatch(
  context: RequestContext,
  reading: Reading,
  group: FieldGroup,
  following: Following,
  position: LogPosition,
): Promise<Batch> {
  const { runtime, actor } = context
  const change = objectNamed(runtime.registry, 'Change')
  const row = rowOf(reading.alias(), change.model)
  const keys = logKeys(row)
  const event = compileSelection(reading, following.typeName, row, group)
  const conditions = [...following.conditions(reading, row), beyond(keys, [position.xid, position.seq], 'after')]
  const item = sql`json_build_array(${row.column('xid')}::text, ${row.column('seq')}::text, ${event.sql})`
  const rows = sql`select ${item} as item from ${tableOf(change, row)} where ${and(conditions)} order by ${orderBy(keys, false)} limit ${raw(String(BATCH))}`
  const pending = sql`exists (select from changes where workspace_id = ${actor.workspaceId}::uuid and xid >= ${HORIZON})`
  const statement = sql`select json_build_array((select json_agg(p.item) from (${rows}) p), ${HORIZON}::text, ${pending}, ${pluginsInUse(actor.workspaceId)}) as answer`
  const [found] = await read<{ answer: string }>(runtime.database, actor.workspaceId, statement, runtime.onStatement)
  const [items, horizon, isPending, plugins] = elementsOf(JSON.parse(found?.answer ?? '[]'))
  const changes = items === null ? [] : elementsOf(items).map(elementsOf)
  const last = changes.at(-1)
  const isFull = changes.length === BATCH
  const events = changes.map(([, , value]) => event.shape(value))
  await settleResolved(reading, events, [], failuresInPlace)
  return {
    events,
    // Everything below the horizon has been looked at, whether it matched or not.
    position: isFull && last ? { xid: String(last[0]), seq: String(last[1]) } : { xid: String(horizon), seq: '0' },
    isFull,
    isPending: isPending === true,
    plugins: new Set(elementsOf(plugins)),
  }
}

function pluginsInUse(workspaceId: string): Sql {
  return sql`(select coalesce(json_agg(plugin_id), '[]') from plugin_activations
    where workspace_id = ${workspaceId}::uuid and is_enabled and quarantined_at is null)`
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
