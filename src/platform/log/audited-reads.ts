import { transact } from '../data/transaction.ts'
import type { RequestContext } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { type AuditRecord, appendAudit } from './append.ts'

/** The records in an answer whose object has audited reads: uuids by object. */
export type AuditedReads = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Appends an audit entry for each of the records that an answer contains, before the answer is sent. Throws when the
 * entries can't be written, so that the answer is not sent.
 */
export async function auditReads(context: RequestContext, reads: AuditedReads): Promise<void> {
  const records = [...reads].flatMap(([type, ids]) =>
    [...ids].map((recordId): AuditRecord => ({ operation: 'READ', type, recordId, version: 0, changes: {} })),
  )
  if (records.length === 0) return
  const { runtime, actor } = context
  const now = timeOf({ runtime })
  await transact(
    runtime.database,
    actor.workspaceId,
    (transaction) => appendAudit(transaction, context, now, records),
    runtime.onStatement,
  )
}
