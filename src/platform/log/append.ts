import { uuidv7 } from 'uuidv7'
import { awaitAll } from '../async/await-all.ts'
import { join, type Sql, sql } from '../data/sql.ts'
import type { Statements, Transaction } from '../data/transaction.ts'
import type { LogEntry } from '../declare/change.ts'
import type { RequestContext, UnitOfWork } from '../request/context.ts'
import type { RequestOrigin } from '../request/origin.ts'

// The only place that writes the tables `changes` and `audit_entries`.

const MAX_ROWS_PER_STATEMENT = 500

/** Where entries of the log and of the audit come from: the same for all entries that are appended together. */
export interface EntrySource {
  /** uuid */
  readonly workspaceId: string
  /** uuid of the actor that caused the entries. */
  readonly actorId: string
  /** Default: the start time of the database's transaction. */
  readonly at?: Date
  readonly requestId: string | null
  /** Root mutation field, or the operator's command. */
  readonly mutation?: string | null
  readonly origin?: RequestOrigin | null
  /** See `RequestContext`. Default: false. */
  readonly byHandler?: boolean
}

/** An audit entry without its source (`EntrySource`). */
export interface AuditRecord extends Omit<LogEntry, 'operation'> {
  readonly operation: LogEntry['operation'] | 'READ' | 'REFUSED' | 'SIGNED_IN' | 'SIGN_IN_REFUSED' | 'EXPORTED'
  /** For REFUSED: the permission that was missing. */
  readonly permission?: string
}

/** GraphQL types of actors by their kind, for entries that are about the actor and not about a record. */
export const ACTOR_TYPES = { USER: 'User', API_KEY: 'ApiKey', PLUGIN: 'PluginActor' } as const

/**
 * Appends all entries of a unit of work to the log and to the audit, in its transaction, so that no write is in the log
 * but not in the audit, or in the audit but not in the log. PostgreSQL numbers the changes (`seq`, an identity column) in
 * the order of the writes.
 */
export async function appendLog({ transaction, context, now, log }: UnitOfWork): Promise<void> {
  await appendWrites(transaction, sourceOf(transaction, context, now), log)
}

/** Appends entries that only the audit holds, such as reads and refusals. */
export async function appendAudit(
  transaction: Transaction,
  context: RequestContext,
  at: Date,
  records: readonly AuditRecord[],
): Promise<void> {
  await appendAuditRecords(transaction, sourceOf(transaction, context, at), records)
}

/** Appends writes to the log of changes and to the audit. */
export async function appendWrites(
  statements: Statements,
  source: EntrySource,
  entries: readonly LogEntry[],
): Promise<void> {
  await awaitAll([
    ...inBatches(entries).map((batch) => appendChanges(statements, source, batch)),
    appendAuditRecords(statements, source, entries),
  ])
}

/** Appends entries to the audit. */
export async function appendAuditRecords(
  statements: Statements,
  { workspaceId, actorId, at, requestId, mutation = null, origin }: EntrySource,
  records: readonly AuditRecord[],
): Promise<void> {
  const { ipAddress = null, userAgent = null } = origin ?? {}
  const common = sql`${workspaceId}::uuid, ${actorId}::uuid, ${timeOf(at)}, ${requestId}, ${mutation}, ${ipAddress}, ${userAgent}`
  const rows = (batch: readonly AuditRecord[]) =>
    batch.map(
      (record) =>
        sql`(${common}, ${record.operation}, ${record.type}, ${record.recordId}::uuid, ${uuidv7()}::uuid, ${record.version}::int, ${JSON.stringify(record.changes)}::jsonb, ${record.plugin ?? null}, ${record.permission ?? null})`,
    )
  await awaitAll(
    inBatches(records).map((batch) =>
      statements.query(
        sql`insert into audit_entries (workspace_id, actor_id, at, request_id, mutation, ip_address, user_agent, operation, type, record_id, id, version, changes, plugin, permission) values ${join(rows(batch))}`,
      ),
    ),
  )
}

async function appendChanges(
  statements: Statements,
  { workspaceId, actorId, at, requestId, byHandler = false }: EntrySource,
  entries: readonly LogEntry[],
): Promise<void> {
  const common = sql`${workspaceId}::uuid, ${actorId}::uuid, ${timeOf(at)}, ${requestId}, ${byHandler}::boolean`
  const rows = entries.map(
    (entry) =>
      sql`(${common}, ${entry.operation}, ${entry.type}, ${entry.recordId}::uuid, ${Object.keys(entry.changes)}::text[])`,
  )
  await statements.query(
    sql`insert into changes (workspace_id, actor_id, at, request_id, by_handler, operation, type, record_id, changed_fields) values ${join(rows)}`,
  )
}

function sourceOf(
  { workspaceId }: Transaction,
  { actor, requestId, mutation, origin, byHandler = false }: RequestContext,
  at: Date,
): EntrySource {
  return {
    workspaceId,
    actorId: actor.id,
    at,
    requestId,
    mutation: mutation ?? null,
    origin: origin ?? null,
    byHandler,
  }
}

function timeOf(at: Date | undefined): Sql {
  return at ? sql`${at}::timestamptz` : sql`now()`
}

function inBatches<Entry>(entries: readonly Entry[]): Entry[][] {
  const batches: Entry[][] = []
  for (let start = 0; start < entries.length; start += MAX_ROWS_PER_STATEMENT)
    batches.push(entries.slice(start, start + MAX_ROWS_PER_STATEMENT))
  return batches
}
