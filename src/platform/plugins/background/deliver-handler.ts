import { uuidv7 } from 'uuidv7'
import { loggedValues, visibleBefore } from '../../changes/change-before.ts'
import { encodeLogCursor } from '../../changes/cursor.ts'
import { changeKind } from '../../changes/handled-change.ts'
import { HORIZON } from '../../changes/read-changes.ts'
import { IS_ACTIVE } from '../../data/plugins-in-use.ts'
import { rowOf } from '../../data/row.ts'
import { raw, sql } from '../../data/sql.ts'
import { type Transaction, transact } from '../../data/transaction.ts'
import type { DeliveredChange, HandledChange } from '../../declare/handler.ts'
import { startFinding } from '../../reads/start-reading.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { type Background, backgroundContext, reasonOf, reportRuleFailure, runInBackground } from './background.ts'
import { handledWrites, type OwnedHandler } from './handler-positions.ts'

/** Maximum number of changes that are handled in one transaction. */
const BATCH_SIZE = 100
/** Milliseconds after which a transaction handles no further change. */
const BATCH_MS = 1_000
/** Milliseconds that a handler may take for one change. */
export const CHANGE_LIMIT_MS = 30_000
/** Milliseconds after which `deliver` returns, so that other handlers are run. */
const SLICE_MS = 5_000
/**
 * Number of failures on a change after which the change becomes a dead letter: it is stored in `plugin_dead_letters`,
 * and the handler continues with the next change.
 */
const MAX_ATTEMPTS = 12
const MAX_DELAY_MS = 3_600_000
const MAX_ERROR_LENGTH = 2_000

/** Result of a delivery. */
export type Delivery = {
  /** Whether there is nothing more to deliver now. */
  readonly isDone: boolean
  /** Milliseconds after which to call `deliver` again for this handler; absent when the handler did not fail. */
  readonly retryInMs?: number
}

/**
 * Delivers the next changes of a workspace's log to a handler, until there are no more, the handler fails, or 5 seconds
 * have passed. Each batch of changes is one transaction that locks the handler's position, so that no other node
 * delivers the same changes.
 */
export async function deliver(background: Background, owned: OwnedHandler, workspaceId: string): Promise<Delivery> {
  const deadline = performance.now() + SLICE_MS
  let limit = BATCH_SIZE
  while (performance.now() < deadline) {
    const outcome = await deliverBatch(background, owned, workspaceId, limit)
    if (outcome === 'nothing') return { isDone: true }
    if (outcome === 'handled') limit = BATCH_SIZE
    // The handler failed, and the whole batch was rolled back. The next batch ends before the change that it failed on.
    else if (outcome.handled > 0) limit = outcome.handled
    else return { isDone: true, retryInMs: await recordFailure(background, owned, workspaceId, outcome) }
  }
  return { isDone: false }
}

/** The handler's position and a change after it. The fields from `xid` on are null when no change comes after it. */
interface ChangeRow {
  readonly positionXid: string
  readonly positionSeq: string
  /** Number of times that the handler has failed on the first change after the position. */
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
  /** Value of `loggedValues`. */
  readonly logged: unknown
}

/** How far a batch has come. */
interface Progress {
  handled: ChangeRow[]
  /** The change that the handler is running for. */
  current: ChangeRow | null
}

/** Why a batch was rolled back. */
interface Failure {
  /** Number of changes before `change` that the next batch handles. When it is 0, the failure is recorded. */
  readonly handled: number
  readonly change: ChangeRow
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
    return await runInBackground({ ...context, byHandler: true }, async (work) => {
      const { transaction } = work
      // `runInBackground` may call this function again after a rollback.
      Object.assign(progress, { handled: [], current: null })
      const before = visibleBefore(startFinding(context))
      const deadline = performance.now() + BATCH_MS
      for (const row of await readBatch(work, { plugin, handler }, limit)) {
        const change = changeOf(row, before)
        if (!change || (progress.handled.length > 0 && performance.now() > deadline)) break
        progress.current = row
        await runPart(work, plugin, handler.name, CHANGE_LIMIT_MS, (pluginContext) =>
          handler.handle(change, pluginContext),
        )
        progress.handled.push(row)
      }
      progress.current = null
      const last = progress.handled.at(-1)
      if (!last) return 'nothing'
      await movePosition(transaction, handler.name, last)
      return 'handled'
    })
  } catch (error) {
    await reportRuleFailure(context, handler.name, error)
    const { handled, current } = progress
    if (current) return { handled: handled.length, change: current, error }
    // The error came after the last change was handled, such as at the commit. The batch is halved until it has only
    // the change that causes the error.
    const last = handled.at(-1)
    if (last) return { handled: Math.floor(handled.length / 2), change: last, error }
    throw error
  }
}

/**
 * Locks the handler's position and reads the changes after it. Returns no rows when another node has locked the
 * position, and one row without a change when there are no changes.
 */
function readBatch(
  { transaction, context }: UnitOfWork,
  { plugin, handler }: OwnedHandler,
  limit: number,
): Promise<ChangeRow[]> {
  const { types, operations, ownChanges } = handledWrites(handler)
  const { workspaceId } = transaction
  const change = { workspaceId: sql`p.workspace_id`, type: sql`c.type`, recordId: sql`c."recordId"` }
  const { registry } = context.runtime
  const kind = changeKind(registry, types, change)
  const logged = loggedValues(startFinding(context), rowOf(sql`c`, objectNamed(registry, 'Change').model))
  return transaction.query<ChangeRow & Record<string, unknown>>(
    sql`with handler_position as (
          select h.workspace_id, h.xid, h.seq, h.attempts, pa.actor_id from plugin_handlers h
          join plugin_activations pa on pa.workspace_id = h.workspace_id and pa.plugin_id = ${plugin.id}
            and ${raw(IS_ACTIVE)}
          where h.workspace_id = ${workspaceId}::uuid and h.name = ${handler.name} and (h.retry_at is null or h.retry_at <= now())
          for update of h skip locked
        )
        select p.xid::text as "positionXid", p.seq::text as "positionSeq", p.attempts, c.*, ${kind} as kind
        from handler_position p left join lateral (
          select xid::text as xid, seq::text as seq, at, operation::text as operation, type, record_id as "recordId",
            actor_id as "actorId", changed_fields as "changedFields", ${logged} as logged
          from changes c
          where workspace_id = ${workspaceId}::uuid and (c.xid, c.seq) > (p.xid, p.seq) and c.xid < ${HORIZON}
            and type = any(${types}::text[]) and c.operation::text = any(${operations}::text[])
            and (actor_id <> p.actor_id or (${ownChanges}::boolean and c.by_handler = false))
          order by c.xid, c.seq limit ${limit}::int
        ) c on true
        order by c.xid::bigint, c.seq::bigint`,
  )
}

function changeOf(row: ChangeRow, before: ReturnType<typeof visibleBefore>): DeliveredChange | null {
  if (row.xid === null || row.seq === null) return null
  const { at, operation, type, kind, recordId, actorId, changedFields, logged } = row
  return {
    cursor: encodeLogCursor(row.xid, row.seq),
    at,
    operation,
    type,
    kind,
    recordId,
    actorId,
    changedFields,
    before: operation === 'CREATED' ? {} : before(type, logged),
  }
}

async function movePosition(transaction: Transaction, name: string, { xid, seq }: ChangeRow): Promise<void> {
  await transaction.query(
    sql`update plugin_handlers set xid = ${xid}::bigint, seq = ${seq}::bigint, attempts = 0, retry_at = null, last_error = null,
          updated_at = now()
        where workspace_id = ${transaction.workspaceId}::uuid and name = ${name}`,
  )
}

/**
 * Records that the handler failed on a change. Returns the milliseconds until the next attempt: 1 second after the
 * first failure, twice as long after each further failure, at most an hour. After the twelfth failure, the change is a
 * dead letter and the result is 0.
 */
async function recordFailure(
  { database, log }: Background,
  { plugin, handler }: OwnedHandler,
  workspaceId: string,
  { change, error }: Failure,
): Promise<number> {
  const attempts = change.attempts + 1
  const isDeadLetter = attempts >= MAX_ATTEMPTS
  const delayMs = isDeadLetter ? 0 : Math.min(1_000 * 2 ** change.attempts, MAX_DELAY_MS)
  const reason = reasonOf(error).slice(0, MAX_ERROR_LENGTH)
  const logFields = {
    plugin: plugin.id,
    handler: handler.name,
    workspaceId,
    type: change.type,
    recordId: change.recordId,
  }
  if (isDeadLetter)
    log.error({ ...logFields, err: error }, 'A handler failed 12 times on a change; the change becomes a dead letter')
  else log.warn({ ...logFields, attempts, delayMs, err: error }, 'A handler failed; it is retried')
  // The statement writes only if the position has not moved: another node may have delivered the change.
  const isUnmoved = sql`workspace_id = ${workspaceId}::uuid and name = ${handler.name} and attempts = ${change.attempts}::int
    and xid = ${change.positionXid}::bigint and seq = ${change.positionSeq}::bigint`
  const errorColumns = sql`last_error = ${reason}, updated_at = now()`
  await transact(database, workspaceId, (transaction) =>
    transaction.query(
      isDeadLetter
        ? sql`with moved as (
              update plugin_handlers set xid = ${change.xid}::bigint, seq = ${change.seq}::bigint, attempts = 0, retry_at = null, ${errorColumns}
              where ${isUnmoved} returning workspace_id
            )
            insert into plugin_dead_letters (workspace_id, id, handler, xid, seq, error)
            select workspace_id, ${uuidv7()}::uuid, ${handler.name}, ${change.xid}::bigint, ${change.seq}::bigint, ${reason} from moved`
        : sql`update plugin_handlers set attempts = ${attempts}::int, retry_at = now() + make_interval(secs => ${delayMs / 1_000}::float8), ${errorColumns}
            where ${isUnmoved}`,
    ),
  )
  return delayMs
}
