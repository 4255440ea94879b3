import { GraphQLError } from 'graphql'
import type { Database } from '../data/database.ts'
import { transact } from '../data/transaction.ts'
import { decodeId } from '../declare/record-id.ts'
import type { RequestContext } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { ACTOR_TYPES, type AuditRecord, appendAudit } from './append.ts'

/** Maximum number of refusal entries for one actor in a minute, so that refused callers can't fill the disk. */
export const MAX_REFUSALS = 60
const MINUTE_MS = 60_000
/** Maximum number of actors whose refusals are counted at a time. */
const MAX_ACTORS = 10_000

/** Whether an error is a refusal: a GraphQLError with the code FORBIDDEN. */
export function isRefusal(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN'
}

/** The details of a refusal. */
export interface Refusal {
  /** Permission that was missing. */
  readonly permission?: unknown
  /** Id of the plugin whose code was refused. */
  readonly plugin?: unknown
}

/** The ids in a mutation's input, unchecked. */
export interface InputIds {
  /** First the value of the input field `id`, undefined when the input has none, then the other ids. */
  readonly ids: readonly unknown[]
  /**
   * Whether the mutation is a declared operation: one of the other ids may identify the actor that the operation is
   * about.
   */
  readonly isOperation: boolean
}

/**
 * Appends an audit entry of a refused mutation, in a separate transaction, because the transaction of the mutation is
 * rolled back. Refusals beyond `MAX_REFUSALS` a minute get no entry; the actor's next entry contains their number.
 */
export async function auditRefusal(context: RequestContext, inputIds: InputIds, refusal: Refusal): Promise<void> {
  const { runtime, actor } = context
  const now = timeOf({ runtime })
  const count = countOf(runtime.database, actor.id, now)
  if (count.written >= MAX_REFUSALS) {
    count.unreported++
    return
  }
  count.written++
  const { unreported } = count
  count.unreported = 0
  const { permission } = refusal
  const entry: AuditRecord = {
    operation: 'REFUSED',
    ...subjectOf(context, inputIds),
    version: 0,
    changes: unreported > 0 ? { refusals: { from: null, to: unreported } } : {},
    ...(typeof permission === 'string' ? { permission } : {}),
    ...pluginOf(refusal),
  }
  try {
    await transact(
      runtime.database,
      actor.workspaceId,
      (transaction) => appendAudit(transaction, context, now, [entry]),
      runtime.onStatement,
    )
  } catch (failure) {
    count.unreported += unreported + 1
    throw failure
  }
}

/** Returns the record of the audit entry: the first one that an id in the input identifies, otherwise the caller. */
function subjectOf(
  { runtime, actor }: RequestContext,
  { ids: [recordId, ...others], isOperation }: InputIds,
): Pick<AuditRecord, 'type' | 'recordId'> {
  for (const id of [recordId, ...others]) {
    const decoded = typeof id === 'string' ? decodeId(id) : null
    const object = decoded ? runtime.registry.prefixes.get(decoded.prefix) : undefined
    // An actor, such as the owner of a new record, is a value of the record and not what the mutation is about.
    const isValue = id !== recordId && !isOperation && object?.model.name === 'Actor'
    if (decoded && object && !isValue) return { type: object.name, recordId: decoded.uuid }
  }
  return { type: ACTOR_TYPES[actor.kind], recordId: actor.id }
}

/**
 * Returns an object with the id of the plugin whose code was refused; an empty object when the refused code was not a
 * plugin's.
 */
function pluginOf({ plugin }: Refusal): Pick<AuditRecord, 'plugin'> {
  return typeof plugin === 'string' ? { plugin } : {}
}

/** The refusals of one actor in the current minute. */
interface Count {
  /** When the minute began, in ms since 1970. */
  since: number
  /** Number of entries written in the minute. */
  written: number
  /** Number of refusals, also of earlier minutes, that no entry contains yet. */
  unreported: number
}

const counts = new WeakMap<Database, Map<string, Count>>()

/** Returns the count of the actor's current minute, and begins a new one when the minute is over. */
function countOf(database: Database, actorId: string, now: Date): Count {
  const byActor = counts.get(database) ?? new Map<string, Count>()
  counts.set(database, byActor)
  const current = byActor.get(actorId)
  const time = now.getTime()
  const isOver = !current || time - current.since >= MINUTE_MS || time < current.since
  const count = isOver ? { since: time, written: 0, unreported: current?.unreported ?? 0 } : current
  // Deleting first moves the actor to the end of the map: the least recently counted actor is dropped first.
  byActor.delete(actorId)
  byActor.set(actorId, count)
  const [oldest] = byActor.keys()
  if (byActor.size > MAX_ACTORS && oldest !== undefined) byActor.delete(oldest)
  return count
}
