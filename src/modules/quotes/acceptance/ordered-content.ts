import { z } from 'zod'

/** Schema of the content of a version, as far as it is ordered: see `QuoteContent`. */
export const orderedContent = z.object({
  currency: z.string(),
  subtotal: z.string(),
  discount: z.string(),
  tax: z.string(),
  total: z.string(),
  lines: z.array(
    z.object({
      product: z.object({ id: z.string(), name: z.string(), sku: z.string(), unit: z.string().nullable() }),
      description: z.string().nullable(),
      group: z.string().nullable(),
      quantity: z.string(),
      unitPrice: z.string(),
      discountPercent: z.string().nullable(),
      taxPercent: z.string().nullable(),
      total: z.string(),
      net: z.string(),
      tax: z.string(),
    }),
  ),
})
