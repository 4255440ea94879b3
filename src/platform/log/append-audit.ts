import { uuidv7 } from 'uuidv7'
import { join, sql } from '../data/sql.ts'
import type { Transaction } from '../data/transaction.ts'
import type { LogEntry } from '../declare/change.ts'
import type { RequestContext } from '../request/context.ts'

/** What an entry of the audit tells; who, through what, from where and in which request comes with the context. */
export interface AuditRecord extends Omit<LogEntry, 'operation'> {
  readonly operation: LogEntry['operation'] | 'READ' | 'REFUSED'
  /** Permission that was missing. */
  readonly permission?: string
}

/** Appends entries to the audit, 500 of them at most, by one statement. */
export async function appendAudit(
  transaction: Transaction,
  { actor, origin, requestId, mutation }: RequestContext,
  at: Date,
  records: readonly AuditRecord[],
): Promise<void> {
  const { ipAddress = null, userAgent = null } = origin ?? {}
  const common = sql`${transaction.workspaceId}::uuid, ${actor.id}::uuid, ${at}::timestamptz, ${requestId}, ${mutation ?? null}, ${ipAddress}, ${userAgent}`
  const rows = records.map(
    (record) =>
      sql`(${common}, ${record.operation}, ${record.type}, ${record.recordId}::uuid, ${uuidv7()}::uuid, ${record.version}::int, ${JSON.stringify(record.changes)}::jsonb, ${record.plugin ?? null}, ${record.permission ?? null})`,
  )
  await transaction.query(
    sql`insert into audit_entries (workspace_id, actor_id, at, request_id, mutation, ip_address, user_agent, operation, type, record_id, id, version, changes, plugin, permission) values ${join(rows)}`,
  )
}
