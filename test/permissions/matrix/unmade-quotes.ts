import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

/** What is known of the approval, decision and version of a quote before they are added. Ids are uuids. */
export interface NewQuoteParts {
  readonly workspaceId: string
  readonly quoteId: string
  readonly contactId: string
  readonly actorId: string
  /** Texts that no other record has. */
  readonly stepName: string
  readonly stepReason: string
  readonly decisionReason: string
  readonly content: string
}

/** The uuids of the records that were added. */
export interface QuoteParts {
  readonly approval: string
  readonly step: string
  readonly decision: string
  readonly version: string
}

/**
 * Adds an approval of a quote with a step, a decision and a version that was sent, as the acts on quotes make them. The
 * acts themselves would change the quote, and refuse what the fixture sends.
 */
export async function addQuoteParts(ownerPool: Pool, parts: NewQuoteParts): Promise<QuoteParts> {
  const { workspaceId, quoteId, contactId, actorId, stepName, stepReason, decisionReason, content } = parts
  const [approval, step, decision, version] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()]
  await ownerPool.query(
    `insert into quote_approvals (workspace_id, id, quote_id, status, content_hash, submitted_at, submitted_by_id)
     values ($1, $2, $3, 'APPROVED', 'hash', '2020-01-01T00:00:00Z', $4)`,
    [workspaceId, approval, quoteId, actorId],
  )
  await ownerPool.query(
    `insert into quote_approval_steps (workspace_id, id, approval_id, quote_id, name, sequence, status, reason, decided_at, decided_by_id)
     values ($1, $2, $3, $4, $5, 1, 'APPROVED', $6, '2020-01-02T00:00:00Z', $7)`,
    [workspaceId, step, approval, quoteId, stepName, stepReason, actorId],
  )
  await ownerPool.query('insert into quote_approvers (workspace_id, step_id, user_id) values ($1, $2, $3)', [
    workspaceId,
    step,
    actorId,
  ])
  await ownerPool.query(
    `insert into quote_decisions (workspace_id, id, quote_id, kind, decided_at, actor_id, content_hash, reason, total, currency)
     values ($1, $2, $3, 'APPROVED', '2020-01-02T00:00:00Z', $4, 'hash', $5, 10, 'EUR')`,
    [workspaceId, decision, quoteId, actorId, decisionReason],
  )
  await ownerPool.query(
    `insert into quote_versions (workspace_id, id, quote_id, number, content, content_hash, valid_until, total, currency, sent_at, sent_by_id, contact_id, approval_id)
     values ($1, $2, $3, 1, $4, 'hash', '2020-02-01', 10, 'EUR', '2020-01-03T00:00:00Z', $5, $6, $7)`,
    [workspaceId, version, quoteId, JSON.stringify({ name: content }), actorId, contactId, approval],
  )
  return { approval, step, decision, version }
}
