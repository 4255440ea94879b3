import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeProposal, type ProposalFacts } from '../../../src/modules/proposals/documents/make-proposal.ts'
import type { StoredContent } from '../../../src/modules/proposals/documents/stored-content.ts'
import { packProposal, unpackProposal } from '../../../src/modules/proposals/documents/stored-proposal.ts'
import { quoteTotals } from '../../../src/modules/quotes/pricing/totals.ts'
import { subtractDecimals, sumDecimals } from '../../../src/platform/formats/decimal.ts'

const facts: ProposalFacts = {
  versionNumber: 1,
  issuedOn: '2026-03-01',
  workspaceName: 'Nordlicht',
  contactName: 'Ada Lovelace',
  addressLines: ['1 Long Road', 'London'],
  ownerName: 'Katrin',
  template: null,
}

const cents = fc
  .integer({ min: 0, max: 1_000_000 })
  .map((value) => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`)
const percent = fc.option(fc.integer({ min: 0, max: 100 }).map(String))
const line = fc.record({
  groupName: fc.option(fc.constantFrom('Ground floor', 'First floor')),
  quantity: fc.integer({ min: 1, max: 50 }).map(String),
  unitPrice: cents,
  discountPercent: percent,
  taxPercent: fc.option(fc.constantFrom('7', '19')),
})

/** Contents as `sendQuote` stores them, with amounts by the rules of quotes. */
const content = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 8 }), percent, percent)
  .map(([lines, groupDiscount, discountPercent]): StoredContent => {
    const groups = [...new Set(lines.flatMap(({ groupName }) => groupName ?? []))].map((name) => ({
      name,
      discountPercent: groupDiscount,
    }))
    const totals = quoteTotals('EUR', lines, groups, discountPercent)
    const rates = [...new Set(lines.flatMap(({ taxPercent }) => taxPercent ?? []))]
    return {
      number: 'Q-00001',
      name: 'Office',
      currency: 'EUR',
      validUntil: '2026-12-31',
      account: { name: 'Acme' },
      lines: lines.map(({ groupName, ...each }, index) => ({
        ...each,
        product: { name: `Product ${index}`, sku: `P-${index}`, unit: null },
        description: null,
        group: groupName,
        total: totals.lines[index]?.total ?? '',
      })),
      groups: groups.map(({ name }, index) => ({
        name,
        discount: totals.groups[index]?.discount ?? '',
        total: totals.groups[index]?.total ?? '',
      })),
      discountPercent,
      subtotal: totals.subtotal,
      discount: totals.discount,
      taxes: rates.map((rate) => ({
        percent: rate,
        tax: sumDecimals(totals.lines.flatMap(({ tax }, index) => (lines[index]?.taxPercent === rate ? [tax] : []))),
      })),
      total: totals.total,
      terms: null,
    }
  })

it('what a proposal shows adds up to the cent, and has each line once', () => {
  fc.assert(
    fc.property(content, (stored) => {
      const { groups, totals } = makeProposal(stored, facts)
      for (const group of groups) {
        const sum = sumDecimals(group.lines.map(({ total }) => total))
        expect(subtractDecimals(sum, group.discount ?? '0')).toBe(group.total)
      }
      expect(sumDecimals(groups.map(({ total }) => total))).toBe(totals.subtotal)
      const net = subtractDecimals(totals.subtotal, totals.discount ?? '0')
      expect(sumDecimals([net, ...totals.taxes.map(({ amount }) => amount)])).toBe(totals.total)
      expect(totals.total).toBe(stored.total)
      const names = groups.flatMap(({ lines }) => lines.map(({ name }) => name))
      expect(names.toSorted()).toEqual(stored.lines.map(({ product }) => product.name).toSorted())
    }),
  )
})

it('a stored proposal is the same when it is read', () => {
  fc.assert(
    fc.property(content, fc.option(fc.uint8Array({ minLength: 1, maxLength: 100 })), (stored, logo) => {
      const made = makeProposal(stored, facts)
      const proposal = { ...made, design: { ...made.design, logo } }
      expect(unpackProposal(JSON.parse(packProposal(proposal)))).toEqual(proposal)
    }),
  )
})
