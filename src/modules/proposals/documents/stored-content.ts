import { z } from 'zod'

const line = z.object({
  product: z.object({ name: z.string(), sku: z.string(), unit: z.string().nullable() }),
  description: z.string().nullable(),
  group: z.string().nullable(),
  quantity: z.string(),
  unitPrice: z.string(),
  discountPercent: z.string().nullable(),
  taxPercent: z.string().nullable(),
  total: z.string(),
})

/** Schema of the content of a version of a quote, as far as a proposal shows it: see `QuoteContent` of the module quotes. */
export const storedContent = z.object({
  number: z.string(),
  name: z.string(),
  currency: z.string(),
  validUntil: z.string().nullable(),
  account: z.object({ name: z.string() }).nullable(),
  lines: z.array(line),
  groups: z.array(z.object({ name: z.string(), discount: z.string(), total: z.string() })),
  discountPercent: z.string().nullable(),
  subtotal: z.string(),
  discount: z.string(),
  taxes: z.array(z.object({ percent: z.string(), tax: z.string() })),
  total: z.string(),
  terms: z.string().nullable(),
})

/** The content of a version of a quote, as far as a proposal shows it. */
export type StoredContent = z.output<typeof storedContent>
