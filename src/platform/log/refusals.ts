import { GraphQLError } from 'graphql'
import type { Database } from '../data/database.ts'
import { transact } from '../data/transaction.ts'
import { decodeId } from '../declare/record-id.ts'
import type { RequestContext } from '../request/context.ts'
import { type AuditRecord, appendAudit } from './append.ts'

/** Entries of refusals that are written for one actor within a minute: whoever is refused must not fill the disk. */
export const MAX_REFUSALS = 60
const MINUTE_MS = 60_000
/** Actors whose refusals are counted at a time. */
const MAX_ACTORS = 10_000

/** Whether an error says that the caller may not do what they asked for. */
export function isRefusal(error: unknown): error is GraphQLError {
  return error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN'
}

/** What a refusal says of itself. */
export interface Refusal {
  /** Permission that was missing. */
  readonly permission?: unknown
  /** Id of the plugin that did what was refused. */
  readonly plugin?: unknown
}

/** Ids of whatever that the caller named, as they stand in the input. */
export interface InputIds {
  /** First the record's own, undefined where there is none, then the others. */
  readonly ids: readonly unknown[]
  /** Whether an actor among the others may be what the mutation is about. */
  readonly isOperation: boolean
}

/**
 * Tells in the audit that a mutation was refused, in a transaction of its own: that of the mutation is rolled back. Of those
 * beyond 60 a minute the actor's next entry tells how many they were.
 */
export async function auditRefusal(context: RequestContext, named: InputIds, refusal: Refusal): Promise<void> {
  const { runtime, actor } = context
  const now = runtime.now?.() ?? new Date()
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
    ...subjectOf(context, named),
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

/** The record that the caller named; they themselves where they named none. */
function subjectOf(
  { runtime, actor }: RequestContext,
  { ids: [own, ...others], isOperation }: InputIds,
): Pick<AuditRecord, 'type' | 'recordId'> {
  for (const id of [own, ...others]) {
    const decoded = typeof id === 'string' ? decodeId(id) : null
    const object = decoded ? runtime.registry.prefixes.get(decoded.prefix) : undefined
    // Whom a new record is to belong to is not what it is about.
    const isValue = id !== own && !isOperation && object?.model.name === 'Actor'
    if (decoded && object && !isValue) return { type: object.name, recordId: decoded.uuid }
  }
  return { type: ACTOR_TYPES[actor.kind], recordId: actor.id }
}

const ACTOR_TYPES = { USER: 'User', API_KEY: 'ApiKey', PLUGIN: 'PluginActor' } as const

/** The plugin that did what was refused, where it was one. */
function pluginOf({ plugin }: Refusal): Pick<AuditRecord, 'plugin'> {
  return typeof plugin === 'string' ? { plugin } : {}
}

interface Count {
  /** When its minute began, in ms since 1970. */
  since: number
  /** Entries that were written in that minute. */
  written: number
  /** Refusals that no entry has told of yet. */
  unreported: number
}

const counts = new WeakMap<Database, Map<string, Count>>()

function countOf(database: Database, actorId: string, now: Date): Count {
  const byActor = counts.get(database) ?? new Map<string, Count>()
  counts.set(database, byActor)
  const known = byActor.get(actorId)
  const time = now.getTime()
  const isOver = !known || time - known.since >= MINUTE_MS || time < known.since
  const count = isOver ? { since: time, written: 0, unreported: known?.unreported ?? 0 } : known
  // The last one to be counted is the last one to be forgotten.
  byActor.delete(actorId)
  byActor.set(actorId, count)
  const [oldest] = byActor.keys()
  if (byActor.size > MAX_ACTORS && oldest !== undefined) byActor.delete(oldest)
  return count
}
