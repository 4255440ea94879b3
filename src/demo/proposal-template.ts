import { sql } from '../platform/data/sql.ts'
import { uuidFor } from '../platform/reads/root.ts'
import { actNamed } from '../platform/registry/acts.ts'
import { objectNamed } from '../platform/registry/registry.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { actOnRecord } from '../platform/writes/act-on-record.ts'
import { createAll } from './records.ts'

const TEMPLATE = {
  name: 'Standard',
  locale: 'en-GB',
  color: '#14532d',
  sellerName: 'Northlight Office Furniture',
  sellerLines: '12 Harbour Street\nBristol BS1 5UH\nUnited Kingdom\n+44 117 496 0123\nsales@northlight.example',
  introduction: 'Thank you for your enquiry. We are pleased to offer you the following.',
  terms:
    'Prices do not include what is not listed. Payment within 30 days of the invoice date, without deduction.\nDelivery within six weeks of your acceptance. The goods remain our property until they are paid for in full.',
  footer: 'Northlight Office Furniture Ltd · Registered in England and Wales No. 01234567 · VAT GB 123 4567 89',
}

/** Writes the default template of proposals, unless the workspace has one. */
export async function writeProposalTemplate(work: UnitOfWork): Promise<void> {
  const { workspaceId } = work.transaction
  const existing = await work.transaction.query(
    sql`select from proposal_templates where workspace_id = ${workspaceId}::uuid and is_default and deleted_at is null`,
  )
  if (existing.length > 0) return
  const { registry } = work.context.runtime
  const template = objectNamed(registry, 'ProposalTemplate')
  const makeDefault = actNamed(registry, 'makeProposalTemplateDefault')
  const [id] = await createAll(work, 'ProposalTemplate', [TEMPLATE])
  if (makeDefault) await actOnRecord(work, template, uuidFor(template, id), { version: 1 }, makeDefault)
}
