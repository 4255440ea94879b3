import type { Proposal, ProposalGroup, ProposalLine } from '../../../src/modules/proposals/pdf/proposal.ts'

/** Returns a line of a proposal. */
export function sampleLine(values: Partial<ProposalLine> = {}): ProposalLine {
  return {
    name: 'Chair',
    sku: 'CH-1',
    description: null,
    quantity: '4.00',
    unit: null,
    unitPrice: '1249.00',
    discountPercent: null,
    taxPercent: '19.00',
    total: '4996.00',
    ...values,
  }
}

/** Returns a group of lines without a heading. */
export function sampleGroup(values: Partial<ProposalGroup> = {}): ProposalGroup {
  return { name: null, lines: [sampleLine()], discount: null, total: '4996.00', ...values }
}

/** Returns a proposal of one line; `locale` is that of its design. */
export function sampleProposal(values: Partial<Proposal> = {}, locale = 'en-GB'): Proposal {
  return {
    number: 'Q-00042',
    versionNumber: 1,
    issuedOn: '2026-11-29',
    validUntil: '2026-12-31',
    currency: 'EUR',
    seller: { name: 'Nordlicht GmbH', lines: ['Speicherstraße 12', '20457 Hamburg'] },
    customer: { name: 'Acme Ltd', lines: ['Ada Lovelace', 'London'] },
    contactPerson: 'Katrin Sørensen',
    groups: [sampleGroup()],
    totals: {
      subtotal: '4996.00',
      discount: null,
      discountPercent: null,
      taxes: [{ percent: '19.00', amount: '949.24' }],
      total: '5945.24',
    },
    introduction: null,
    notes: null,
    terms: null,
    design: { locale, color: '#1f4e79', logo: null, footer: null },
    ...values,
  }
}
