import { uuidv7 } from 'uuidv7'
import { encodeLogCursor } from '../../changes/cursor.ts'
import { HORIZON } from '../../changes/read-changes.ts'
import { ident, join, type Sql, sql } from '../../data/sql.ts'
import { type Transaction, transact } from '../../data/transaction.ts'
import type { HandledChange } from '../../declare/handler.ts'
import type { Registry } from '../../registry/object-type.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { type Background, backgroundContext, reasonOf, reportRuleFailure, runInBackground } from './background.ts'
import { type OwnedHandler, scopeOf } from './handler-positions.ts'

/** Changes of one transaction at most, and milliseconds after which no further one is begun in it. */
const BATCH = 100
const BATCH_MS = 1_000
/** Milliseconds that a handler may take over one change. */
const CHANGE_LIMIT_MS = 30_000
/** Milliseconds after which others get their turn. */
const TURN_MS = 5_000
const MAX_ATTEMPTS = 12
const MAX_DELAY_MS = 3_600_000
const MAX_ERROR_LENGTH = 2_000

/** How it went: nothing is left, there is more, or nothing before so many milliseconds have passed. */
export type Delivery = { readonly isDone: boolean; readonly retryInMs?: number }

/**
 * Hands what comes next in a workspace's log to a handler, until nothing is left, it fails, or others should get a turn.
 * Each batch is one transaction, which holds the handler's place: another node that tries the same finds nothing to do.
 */
export async function deliver(background: Background, owned: OwnedHandler, workspaceId: string): Promise<Delivery> {
  const until = performance.now() + TURN_MS
  let limit = BATCH
  while (performance.now() < until) {
    const outcome = await deliverBatch(background, owned, workspaceId, limit)
    if (outcome === 'nothing') return { isDone: true }
    if (outcome === 'handled') limit = BATCH
    // It failed behind some that it could handle: those first, by themselves.
    else if (outcome.handled > 0) limit = outcome.handled
    else return { isDone: true, retryInMs: await noteFailure(background, owned, workspaceId, outcome) }
  }
  return { isDone: false }
}

interface PlacedChange {
  readonly placeXid: string
  readonly placeSeq: string
  readonly attempts: number
  readonly xid: string | null
  readonly seq: string | null
  readonly at: Date
  readonly operation: HandledChange['operation']
  readonly type: string
  readonly kind: string | null
  readonly recordId: string
  readonly actorId: string
  readonly changedFields: readonly string[]
}

interface Progress {
  handled: PlacedChange[]
  /** The change that is being handled. */
  current: PlacedChange | null
}

interface Failure {
  /** How many changes of the batch it could handle before. */
  readonly handled: number
  readonly change: PlacedChange
  readonly error: unknown
}

async function deliverBatch(
  background: Background,
  { plugin, handler }: OwnedHandler,
  workspaceId: string,
  limit: number,
): Promise<'nothing' | 'handled' | Failure> {
  const context = await backgroundContext(background, workspaceId, plugin)
  if (!context) return 'nothing'
  const progress: Progress = { handled: [], current: null }
  try {
    return await runInBackground(context, async (work) => {
      const { transaction } = work
      Object.assign(progress, { handled: [], current: null })
      const until = performance.now() + BATCH_MS
      for (const row of await readBatch(work, { plugin, handler }, limit)) {
        const change = changeOf(row)
        if (!change || (progress.handled.length > 0 && performance.now() > until)) break
        progress.current = row
        await runPart(work, plugin, handler.name, CHANGE_LIMIT_MS, (own) => handler.handle(change, own))
        progress.handled.push(row)
      }
      progress.current = null
      const last = progress.handled.at(-1)
      if (!last) return 'nothing'
      await moveTo(transaction, handler.name, last)
      return 'handled'
    })
  } catch (error) {
    await reportRuleFailure(context, handler.name, error)
    const { handled, current } = progress
    if (current) return { handled: handled.length, change: current, error }
    // What it wrote could not be committed: by which change, fewer at a time will tell.
    const last = handled.at(-1)
    if (last) return { handled: Math.floor(handled.length / 2), change: last, error }
    throw error
  }
}

/** Takes the handler's place, unless somebody else has it, and reads what comes next. Also what is there without a change. */
function readBatch(
  { transaction, context }: UnitOfWork,
  { plugin, handler }: OwnedHandler,
  limit: number,
): Promise<PlacedChange[]> {
  const { types, operations } = scopeOf(handler)
  const { workspaceId } = transaction
  return transaction.query<PlacedChange & Record<string, unknown>>(
    sql`with place as (
          select h.workspace_id, h.xid, h.seq, h.attempts, pa.actor_id from plugin_handlers h
          join plugin_activations pa on pa.workspace_id = h.workspace_id and pa.plugin_id = ${plugin.id}
            and pa.is_enabled and pa.quarantined_at is null
          where h.workspace_id = ${workspaceId}::uuid and h.name = ${handler.name} and (h.retry_at is null or h.retry_at <= now())
          for update of h skip locked
        )
        select place.xid::text as "placeXid", place.seq::text as "placeSeq", place.attempts, c.*, ${kindOf(context.runtime.registry, types)} as kind
        from place left join lateral (
          select xid::text as xid, seq::text as seq, at, operation::text as operation, type, record_id as "recordId",
            actor_id as "actorId", changed_fields as "changedFields"
          from changes c
          where workspace_id = ${workspaceId}::uuid and (c.xid, c.seq) > (place.xid, place.seq) and c.xid < ${HORIZON}
            and type = any(${types}::text[]) and c.operation::text = any(${operations}::text[]) and actor_id <> place.actor_id
          order by c.xid, c.seq limit ${limit}::int
        ) c on true
        order by c.xid::bigint, c.seq::bigint`,
  )
}

/** SQL of the kind of the record of a change `c`; null for a type without kinds. */
function kindOf({ objects }: Registry, types: readonly string[]): Sql {
  const kinds = types.flatMap((type) => {
    const object = objects.get(type)
    if (!object?.discriminator) return []
    const { column } = object.discriminator
    return [
      sql`when ${type} then (select r.${ident(column)}::text from ${ident(object.model.table)} r
        where r.workspace_id = place.workspace_id and r.id = c."recordId")`,
    ]
  })
  return kinds.length > 0 ? sql`case c.type ${join(kinds, ' ')} end` : sql`null`
}

function changeOf(row: PlacedChange): HandledChange | null {
  if (row.xid === null || row.seq === null) return null
  const { at, operation, type, kind, recordId, actorId, changedFields } = row
  return { cursor: encodeLogCursor(row.xid, row.seq), at, operation, type, kind, recordId, actorId, changedFields }
}

async function moveTo(transaction: Transaction, name: string, { xid, seq }: PlacedChange): Promise<void> {
  await transaction.query(
    sql`update plugin_handlers set xid = ${xid}::bigint, seq = ${seq}::bigint, attempts = 0, retry_at = null, last_error = null,
          updated_at = now()
        where workspace_id = ${transaction.workspaceId}::uuid and name = ${name}`,
  )
}

/**
 * Notes that the handler failed on a change. Answers milliseconds until it is tried again: later and later, and at once
 * where the change was set aside.
 */
async function noteFailure(
  { database, log }: Background,
  { plugin, handler }: OwnedHandler,
  workspaceId: string,
  { change, error }: Failure,
): Promise<number> {
  const attempts = change.attempts + 1
  const isSetAside = attempts >= MAX_ATTEMPTS
  const delayMs = isSetAside ? 0 : Math.min(1_000 * 2 ** change.attempts, MAX_DELAY_MS)
  const reason = reasonOf(error).slice(0, MAX_ERROR_LENGTH)
  const place = { plugin: plugin.id, handler: handler.name, workspaceId, type: change.type, recordId: change.recordId }
  if (isSetAside) log.error({ ...place, err: error }, 'A handler failed 12 times on a change, which is set aside')
  else log.warn({ ...place, attempts, delayMs, err: error }, 'A handler failed and is tried again')
  // Only where it still stands: another node may have got further.
  const stands = sql`workspace_id = ${workspaceId}::uuid and name = ${handler.name} and attempts = ${change.attempts}::int
    and xid = ${change.placeXid}::bigint and seq = ${change.placeSeq}::bigint`
  const noted = sql`last_error = ${reason}, updated_at = now()`
  await transact(database, workspaceId, (transaction) =>
    transaction.query(
      isSetAside
        ? sql`with moved as (
              update plugin_handlers set xid = ${change.xid}::bigint, seq = ${change.seq}::bigint, attempts = 0, retry_at = null, ${noted}
              where ${stands} returning workspace_id
            )
            insert into plugin_dead_letters (workspace_id, id, handler, xid, seq, error)
            select workspace_id, ${uuidv7()}::uuid, ${handler.name}, ${change.xid}::bigint, ${change.seq}::bigint, ${reason} from moved`
        : sql`update plugin_handlers set attempts = ${attempts}::int, retry_at = now() + make_interval(secs => ${delayMs / 1_000}::float8), ${noted}
            where ${stands}`,
    ),
  )
  return delayMs
}
