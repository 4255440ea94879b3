import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { decodeRecordId } from '../../../platform/declare/record-id.ts'
import type { QuoteStatus } from '../states/transitions.ts'

/** What has to be known of a quote to accept it. Ids are uuids. */
export interface QuoteToAccept {
  readonly id: string
  readonly version: number
  readonly status: QuoteStatus
  readonly versionNumber: number | null
  readonly validUntil: string | null
  readonly opportunityId: string
}

/**
 * Locks a quote until the end of the transaction, so that of two who accept it at the same time the second sees what the
 * first did. Returns null when the caller sees no such quote. By SQL, because of the lock.
 * @param id Record id
 */
export async function lockedQuote({ transaction, sees }: PluginContext, id: string): Promise<QuoteToAccept | null> {
  const uuid = decodeRecordId(id, 'quote')
  if (uuid === null) return null
  const own = sql`workspace_id = ${transaction.workspaceId}::uuid and id = ${uuid}::uuid`
  // First alone: a statement that waits for a lock decides on visibility by what it saw before it waited.
  await transaction.query(sql`select from quotes where ${own} for no key update`)
  const [quote] = await transaction.query<QuoteToAccept & Record<string, unknown>>(sql`
    select q.id, q.version, q.status, q.version_number as "versionNumber", q.valid_until::text as "validUntil", q.opportunity_id as "opportunityId"
    from quotes q where q.workspace_id = ${transaction.workspaceId}::uuid and q.id = ${uuid}::uuid and q.deleted_at is null and ${sees('Quote', sql`q`)}`)
  return quote ?? null
}
