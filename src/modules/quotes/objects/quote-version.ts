import { sql } from '../../../platform/data/sql.ts'
import { computed } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { computedAmount } from './quote-parts.ts'

/** A version of a quote as it was sent. Only `sendQuote` writes it, and nothing changes it. */
export const quoteVersion = defineObject({
  model: 'QuoteVersion',
  prefix: 'quoteversion',
  visibleWith: {
    object: 'Quote',
    shows: (version, quote) => sql`${quote.column('id')} = ${version.column('quoteId')}`,
  },
  columns: {
    number: { input: false },
    content: { input: false, filter: false, order: false },
    contentHash: { input: false, order: false },
    validUntil: { input: false },
    sentAt: { input: false },
  },
  relations: {
    quote: { input: false },
    sentBy: { object: 'User', input: false },
    contact: { input: false },
    approval: { input: false },
  },
  fields: {
    total: computedAmount('totalAmount', 'What the customer pays by the version.'),
    status: computed({
      type: 'String',
      isRequired: true,
      description:
        'What the version is now: `SENT`, `ACCEPTED`, `REJECTED`, `EXPIRED`, `SUPERSEDED` or `RECALLED`, as the quote that it is the latest version of. A version that is followed by another, or whose quote is written anew, is `SUPERSEDED`.',
      value: (version) => sql`(select case
          when q.version_number = ${version.column('number')} and q.status in ('SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED', 'RECALLED')
          then q.status::text else 'SUPERSEDED' end
        from quotes q where q.workspace_id = ${version.column('workspaceId')} and q.id = ${version.column('quoteId')} and ${version.sees('Quote', sql`q`)})`,
    }),
  },
})
