import { z } from 'zod'
import type { Proposal } from '../pdf/proposal.ts'

const text = z.string()
const optional = z.string().nullable()
const party = z.object({ name: text, lines: z.array(text) })

const line = z.object({
  name: text,
  sku: optional,
  description: optional,
  quantity: text,
  unit: optional,
  unitPrice: text,
  discountPercent: optional,
  taxPercent: optional,
  total: text,
})

/** Schema of a proposal as it is stored: the logo is Base64. */
const stored = z.object({
  number: text,
  versionNumber: z.int(),
  issuedOn: text,
  validUntil: optional,
  currency: text,
  seller: party,
  customer: party,
  contactPerson: optional,
  groups: z.array(z.object({ name: optional, lines: z.array(line), discount: optional, total: text })),
  totals: z.object({
    subtotal: text,
    discount: optional,
    discountPercent: optional,
    taxes: z.array(z.object({ percent: optional, amount: text })),
    total: text,
  }),
  introduction: optional,
  notes: optional,
  terms: optional,
  design: z.object({
    locale: text,
    color: text,
    logo: z
      .base64()
      .transform((base64) => new Uint8Array(Buffer.from(base64, 'base64')))
      .nullable(),
    footer: optional,
  }),
})

/** Returns a proposal as JSON, to be stored with the document that was made from it. */
export function packProposal(proposal: Proposal): string {
  const { logo } = proposal.design
  return JSON.stringify({
    ...proposal,
    design: { ...proposal.design, logo: logo && Buffer.from(logo).toString('base64') },
  })
}

/** Returns the proposal that `packProposal` has packed, from parsed JSON. */
export function unpackProposal(value: unknown): Proposal {
  return stored.parse(value)
}
