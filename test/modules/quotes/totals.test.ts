import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { marginPercent, totalDiscountPercent } from '../../../src/modules/quotes/pricing/rates.ts'
import { type PricedGroup, type PricedLine, quoteTotals } from '../../../src/modules/quotes/pricing/totals.ts'
import { compareDecimals, sumDecimals } from '../../../src/platform/formats/decimal.ts'

/** Currencies without, with two and with three decimal places. */
const MINOR_DIGITS = { JPY: 0, EUR: 2, KWD: 3 } as const
const currency = fc.constantFrom('JPY', 'EUR', 'KWD')

const decimal = (maximum: bigint, places: number) =>
  fc.bigInt({ min: 0n, max: maximum * 10n ** BigInt(places) }).map((units) => {
    const digits = units.toString().padStart(places + 1, '0')
    return `${digits.slice(0, -places)}.${digits.slice(-places)}`
  })
const percent = fc.option(fc.oneof(decimal(100n, 4), fc.constantFrom('0', '100', '33.3333', '50')))
const groupName = fc.option(fc.constantFrom('A', 'B'))
const line: fc.Arbitrary<PricedLine> = fc.record({
  groupName,
  quantity: decimal(1_000n, 4),
  unitPrice: decimal(1_000_000n, 4),
  discountPercent: percent,
  taxPercent: percent,
})
const groups: fc.Arbitrary<PricedGroup[]> = fc.tuple(percent, percent).map(([a, b]) => [
  { name: 'A', discountPercent: a },
  { name: 'B', discountPercent: b },
])

/** A decimal as a number of units of the fourth decimal place: the oracle counts in whole numbers. */
const units = (text: string) => {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  return BigInt(whole + fraction.padEnd(4, '0')) * (text.startsWith('-') ? -1n : 1n)
}
const sum = (texts: readonly string[]) => texts.reduce((total, text) => total + units(text), 0n)

describe('amounts of a quote', () => {
  it('of lines, groups and quote agree for any discounts and currencies, and no amount has a fraction of a cent', () => {
    fc.assert(
      fc.property(currency, fc.array(line, { maxLength: 12 }), groups, percent, (code, lines, sets, discount) => {
        const totals = quoteTotals(code, lines, sets, discount)
        expect(sum(totals.lines.map(({ total }) => total))).toBe(units(totals.subtotal))
        expect(sum(totals.lines.map(({ net }) => net))).toBe(units(totals.net))
        expect(sum(totals.lines.map(({ tax }) => tax))).toBe(units(totals.tax))
        expect(units(totals.subtotal) - units(totals.discount)).toBe(units(totals.net))
        expect(units(totals.net) + units(totals.tax)).toBe(units(totals.total))
        for (const [index, set] of sets.entries()) {
          const inSet = totals.lines.filter((_, place) => lines[place]?.groupName === set.name)
          const { subtotal = '0', discount: ofGroup = '0', total = '0' } = totals.groups[index] ?? {}
          expect(sum(inSet.map((each) => each.total))).toBe(units(subtotal))
          expect(units(subtotal) - units(ofGroup)).toBe(units(total))
        }
        const step = 10n ** BigInt(4 - MINOR_DIGITS[code])
        const amounts = [totals, ...totals.groups, ...totals.lines].flatMap((part) =>
          Object.values(part).filter((value) => typeof value === 'string'),
        )
        for (const amount of amounts) expect(units(amount) % step).toBe(0n)
        for (const each of totals.lines) {
          expect(units(each.net)).toBeGreaterThanOrEqual(0n)
          expect(units(each.net)).toBeLessThanOrEqual(units(each.total))
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of discounts of 100 % are 0, and without discounts the net amount is the subtotal', () => {
    fc.assert(
      fc.property(currency, fc.array(line, { maxLength: 8 }), (code, lines) => {
        expect(units(quoteTotals(code, lines, [], '100').total)).toBe(0n)
        const plain = quoteTotals(code, lines, [], null)
        expect(plain.net).toBe(plain.subtotal)
      }),
    )
  })

  it.each([
    // [currency, quantity, unit price, discount, tax percent, total]
    ['EUR', '3', '0.335', null, null, '1.01'],
    ['EUR', '1', '10.05', '50', null, '5.02'],
    ['JPY', '1', '99.5', null, '10', '110.00'],
    ['KWD', '1', '1.2345', null, null, '1.235'],
    ['EUR', '1', '0.10', null, '19', '0.12'],
  ] as const)(
    'in %s for %s × %s with a discount of %s %% and a tax of %s %% are %s',
    (code, quantity, unitPrice, discount, taxPercent, total) => {
      const lines = [{ groupName: null, quantity, unitPrice, discountPercent: discount, taxPercent }]
      expect(quoteTotals(code, lines, [], null).total).toBe(total)
    },
  )

  it('split a discount of one cent to one line, and lose nothing', () => {
    const each = { groupName: null, quantity: '1', unitPrice: '0.01', discountPercent: null, taxPercent: null }
    const { lines, discount } = quoteTotals('EUR', [each, each, each], [], '33.34')
    expect(discount).toBe('0.01')
    expect(lines.map(({ net }) => net)).toEqual(['0.00', '0.01', '0.01'])
  })
})

describe('discount and margin of a quote', () => {
  const rated = { quantity: '2', net: '150.00', listPrice: '100', unitCost: '60' }

  it('count a price below the list price as a discount', () => {
    expect(totalDiscountPercent([rated])).toBe('25.00')
    expect(marginPercent([rated])).toBe('20.00')
  })

  it('are unknown when a list price or a cost is unknown', () => {
    expect(totalDiscountPercent([rated, { ...rated, listPrice: null }])).toBeNull()
    expect(marginPercent([rated, { ...rated, unitCost: null }])).toBeNull()
    expect(marginPercent([])).toBeNull()
  })

  it('are at most 100 % for prices that are not negative', () => {
    fc.assert(
      fc.property(decimal(1_000n, 2), decimal(1_000n, 2), (net, list) => {
        const discount = totalDiscountPercent([{ quantity: '1', net, listPrice: list, unitCost: null }])
        expect(discount === null || compareDecimals(discount, '100') <= 0).toBe(true)
        expect(discount === null).toBe(compareDecimals(sumDecimals([list]), '0') === 0)
      }),
    )
  })
})
