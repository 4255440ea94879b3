import { transact } from '../data/transaction.ts'
import type { RequestContext } from '../request/context.ts'
import { type AuditRecord, appendAudit } from './append.ts'

/** Records of objects whose reads are audited, of which an answer tells something: uuids by object. */
export type AuditedReads = ReadonlyMap<string, ReadonlySet<string>>

/**
 * Tells in the audit which records an answer is about to tell of: an entry for each. Throws where that can't be written, so
 * that the answer doesn't leave.
 */
export async function auditReads(context: RequestContext, reads: AuditedReads): Promise<void> {
  const records = [...reads].flatMap(([type, ids]) =>
    [...ids].map((recordId): AuditRecord => ({ operation: 'READ', type, recordId, version: 0, changes: {} })),
  )
  if (records.length === 0) return
  const { runtime, actor } = context
  const now = runtime.now?.() ?? new Date()
  await transact(
    runtime.database,
    actor.workspaceId,
    (transaction) => appendAudit(transaction, context, now, records),
    runtime.onStatement,
  )
}
