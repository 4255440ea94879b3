import type { EnumTypes } from '../../../../generated/models.ts'
import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { QuoteRow } from './find-authorities.ts'

/** What else is known of a decision. Ids are uuids. */
interface DecisionDetails {
  readonly reason?: string | null
  readonly onBehalfOfId?: string | null
  /** Role whose authority was used. */
  readonly roleId?: string | null
}

/**
 * Records a decision of the caller about a quote, with the numbers and the hash of the content that it is about. Rows are
 * only added: the database lets nobody change them.
 */
export async function recordDecision(
  { transaction, now, newId, actor }: PluginContext,
  quote: QuoteRow,
  kind: EnumTypes['QuoteDecisionKind'],
  { reason = null, onBehalfOfId = null, roleId = null }: DecisionDetails = {},
): Promise<void> {
  await transaction.query(sql`insert into quote_decisions (workspace_id, id, quote_id, kind, decided_at, actor_id, on_behalf_of_id,
      role_id, content_hash, reason, total_discount_percent, margin_percent, total, currency)
    values (${transaction.workspaceId}::uuid, ${newId()}::uuid, ${quote.id}::uuid, ${kind}::"QuoteDecisionKind", ${now}::timestamptz,
      ${actor.id}::uuid, ${onBehalfOfId}::uuid, ${roleId}::uuid, ${quote.contentHash}, ${reason},
      ${quote.totalDiscountPercent}::numeric, ${quote.marginPercent}::numeric, ${quote.totalAmount}::numeric, ${quote.currency})`)
}
