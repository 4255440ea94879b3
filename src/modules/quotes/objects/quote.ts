import { sql } from '../../../platform/data/sql.ts'
import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { list, many } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { percentage } from '../pricing/percentage.ts'
import { computedAmount, parts } from './quote-parts.ts'

export const quote = defineObject({
  model: 'Quote',
  prefix: 'quote',
  plural: 'quotes',
  search: 'searchText',
  searchedFields: ['number', 'name'],
  naturalKey: ['number'],
  columns: {
    number: { input: false },
    name: { input: text(200).min(1, 'Must not be empty.'), hasRuleDefault: true },
    status: { input: false },
    isPrimary: { input: false },
    validUntil: {},
    currency: { scalar: 'CurrencyCode', onlyOnCreate: true, hasRuleDefault: true },
    discountPercent: { input: percentage },
    totalDiscountPercent: { input: false, sensitive: true },
    marginPercent: { input: false, sensitive: true },
    terms: { input: longText, order: false },
    notes: { input: longText, order: false },
    contentHash: { input: false, order: false },
    pendingStepCount: { input: false },
    versionNumber: { input: false },
    sentAt: { input: false },
    acceptedAt: { input: false },
    acceptedBy: { input: false, order: false },
    declinedAt: { input: false },
    statusReason: { input: false, order: false },
  },
  relations: {
    opportunity: { onlyOnCreate: true },
    account: { input: false },
    owner: { object: 'User' },
    contact: { input: false },
  },
  fields: {
    ...parts,
    subtotal: computedAmount('subtotalAmount', 'Sum of the totals of the lines.'),
    discount: computedAmount('discountAmount', 'The discounts on groups and on the quote.'),
    tax: computedAmount('taxAmount', 'Sum of the taxes of the lines.'),
    total: computedAmount('totalAmount', 'What the customer pays: the subtotal less the discount, and the tax.'),
    approval: list({
      description: 'The latest approval of the quote; null before it was submitted.',
      object: 'QuoteApproval',
      isSingle: true,
      ids: (quote) => sql`select ${quote.column('approvalId')} as id, 1 as position`,
    }),
    versions: many({
      description: 'The versions that were sent to the customer, the latest first.',
      object: 'QuoteVersion',
      by: 'quote',
      defaultOrder: [{ field: 'number', direction: 'DESC' }],
    }),
    decisions: many({
      description: 'Each use of an authority to negotiate and each decision of an approver, the latest first.',
      object: 'QuoteDecision',
      by: 'quote',
      defaultOrder: [{ field: 'decidedAt', direction: 'DESC' }],
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Field that this module adds to opportunities and accounts. */
export const quotesBy = (by: 'opportunity' | 'account', description: string) => ({
  quotes: many({ description, object: 'Quote', by, defaultOrder: [{ field: 'createdAt', direction: 'DESC' }] }),
})
