import { join, sql } from '../data/sql.ts'
import type { Work } from '../request/context.ts'
import { appendAudit } from './append-audit.ts'

const MAX_ROWS_PER_STATEMENT = 500

/**
 * Appends everything the work did to the workspace's log and to the audit, in the same transaction: both tell of every
 * write or of none. `seq` follows the order of the writes.
 */
export async function appendLog(work: Work): Promise<void> {
  const { transaction, context, now } = work
  const pending: Promise<unknown>[] = []
  for (let start = 0; start < work.log.length; start += MAX_ROWS_PER_STATEMENT) {
    const entries = work.log.slice(start, start + MAX_ROWS_PER_STATEMENT)
    const common = sql`${transaction.workspaceId}::uuid, ${context.actor.id}::uuid, ${now}::timestamptz, ${context.requestId}`
    const changes = entries.map(
      (entry) =>
        sql`(${common}, ${entry.operation}, ${entry.type}, ${entry.recordId}::uuid, ${Object.keys(entry.changes)}::text[])`,
    )
    pending.push(
      transaction.query(
        sql`insert into changes (workspace_id, actor_id, at, request_id, operation, type, record_id, changed_fields) values ${join(changes)}`,
      ),
      appendAudit(transaction, context, now, entries),
    )
  }
  await Promise.all(pending)
}
