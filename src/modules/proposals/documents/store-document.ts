import { createHash } from 'node:crypto'
import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import type { Proposal } from '../pdf/proposal.ts'
import { renderProposal } from '../pdf/render-proposal.ts'
import { readVersion } from './read-version.ts'
import { packProposal, unpackProposal } from './stored-proposal.ts'

/** The document of a version of a quote. */
export interface StoredDocument {
  readonly quoteId: string
  readonly proposal: Proposal
  readonly bytes: Uint8Array
}

/**
 * Returns the document of a version. A version that has none yet, because it was not sent by `sendQuote`, gets it now: of
 * two requests at once, the first one to store it decides, and both return the same. Null when there is no such version.
 */
export async function documentOf(context: PluginContext, versionId: string): Promise<StoredDocument | null> {
  const found = await findDocument(context, versionId)
  if (found) return found
  return (await storeDocument(context, versionId)) ? findDocument(context, versionId) : null
}

/** Renders the document of a version and stores it, unless it has one. Returns false when there is no such version. */
export async function storeDocument(context: PluginContext, versionId: string): Promise<boolean> {
  const version = await readVersion(context, versionId)
  if (!version) return false
  const bytes = await renderProposal(version.proposal)
  const checksum = createHash('sha256').update(bytes).digest('hex')
  // By SQL: the table is no part of the log, and a second document of a version is no error.
  const { workspaceId, query } = context.transaction
  await query(sql`
    insert into quote_documents (workspace_id, id, quote_id, proposal, bytes, checksum, byte_count, created_at)
    values (${workspaceId}::uuid, ${versionId}::uuid, ${version.quoteId}::uuid, ${packProposal(version.proposal)}::jsonb,
      decode(${Buffer.from(bytes).toString('base64')}, 'base64'), ${checksum}, ${bytes.length}::int, ${context.now}::timestamptz)
    on conflict do nothing`)
  return true
}

async function findDocument({ transaction }: PluginContext, versionId: string): Promise<StoredDocument | null> {
  const [row] = await transaction.query<{ quoteId: string; proposal: unknown; bytes: Buffer }>(sql`
    select quote_id as "quoteId", proposal, bytes from quote_documents
    where workspace_id = ${hiddenFromPlanner(transaction.workspaceId)} and id = ${versionId}::uuid`)
  return row ? { quoteId: row.quoteId, proposal: unpackProposal(row.proposal), bytes: row.bytes } : null
}
