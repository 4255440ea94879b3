import { sql } from '../../../platform/data/sql.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'

/** The document of a version of a quote. Only the rule `proposals.keepDocument` and the customer's page make it. */
export const quoteDocument = defineObject({
  model: 'QuoteDocument',
  prefix: 'quotedocument',
  visibleWith: {
    object: 'Quote',
    shows: (document, quote) => sql`${quote.column('id')} = ${document.column('quoteId')}`,
  },
  columns: { checksum: { input: false }, byteCount: { input: false }, createdAt: { input: false } },
})
