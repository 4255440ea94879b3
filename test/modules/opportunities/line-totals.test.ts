import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addPricedProducts, createDeal, type PricedProducts, totalsOf } from './priced-products.ts'

let app: TestApp
let made: PricedProducts

beforeAll(async () => {
  app = await createTestApp()
  made = await addPricedProducts(app)
})
afterAll(() => app.close())

it('the amount is the sum of the totals for any lines, to the last unit of the currency', async () => {
  const places = { USD: 2, JPY: 0, KWD: 3 } as const
  const decimal = (max: number) =>
    fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 0, max: 9_999 })).map(([whole, fraction]) => {
      return `${whole}.${String(fraction).padStart(4, '0')}`
    })
  const percent = fc
    .integer({ min: 0, max: 1_000_000 })
    .map((units) => `${Math.trunc(units / 10_000)}.${String(units % 10_000).padStart(4, '0')}`)
  const line = fc.record({ quantity: decimal(1_000_000), price: decimal(1_000_000), discountPercent: percent })
  /** Units of the fourth decimal place. */
  const units = (text: string) => BigInt(text.split('.')[0] + (text.split('.')[1] ?? '').padEnd(4, '0'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.constantFrom<keyof typeof places>('USD', 'JPY', 'KWD'),
      async (drafts, currency) => {
        const lines = drafts.map(({ price, ...rest }) => ({
          ...rest,
          productId: made.chair.id,
          unitPrice: { amount: price, currency },
        }))
        const deal = at(await createDeal(app.as('member'), { lines }), 'opportunity')
        const unit = 10n ** BigInt(4 - places[currency])
        const totals = drafts.map(({ quantity, price, discountPercent }) => {
          // In units of 10^-14: quantity, price and percentage have four places each, and a percentage is divided by 100.
          const exact = units(quantity) * units(price) * (1_000_000n - units(discountPercent))
          const one = unit * 10n ** 10n
          return ((exact + one / 2n) / one) * unit
        })
        expect(totalsOf(deal).map((total) => units(String(total)))).toEqual(totals)
        expect(units(String(at(deal, 'amount.amount')))).toBe(totals.reduce((sum, total) => sum + total, 0n))
      },
    ),
    { numRuns: 40 },
  )
})
