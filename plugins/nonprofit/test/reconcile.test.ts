import fc from 'fast-check'
import { at, listAt, type PluginTestApp, type PluginTestClient } from 'rapport/plugin/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { actOnGift, createContact, createFund, openApp, totalsOf, tryGift } from './support.ts'

let app: PluginTestApp
let client: PluginTestClient
const funds: string[] = []

beforeAll(async () => {
  app = await openApp()
  client = app.as('member')
  for (const code of ['ONE', 'TWO', 'THREE']) funds.push(await createFund(client, code))
})
afterAll(() => app.close())

/** Converts an integer number of ten-thousandths to a decimal amount. */
const amountOf = (units: bigint) => `${units / 10_000n}.${String(units % 10_000n).padStart(4, '0')}`
/** Converts a decimal amount to an integer number of ten-thousandths. */
const unitsOf = (amount: unknown) => {
  const [whole = '', fraction = ''] = String(amount).split('.')
  return BigInt(whole + fraction.padEnd(4, '0'))
}
const sum = (units: readonly bigint[]) => units.reduce((total, amount) => total + amount, 0n)

const units = fc.bigInt({ min: 1n, max: 10_000_000_000n })
const gift = fc.record({
  allocatedUnits: fc.array(units, { maxLength: 3 }),
  /** Amount of a gift without allocations. */
  amountUnits: units,
  /** Difference between the amount of the gift and the sum of its allocations. */
  error: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 3n }) }),
  currency: fc.constantFrom('EUR', 'USD'),
  isRefunded: fc.boolean(),
})

it('createGift accepts a gift only if the allocations add up to its amount, and giving totals are the sums of the gifts that are not refunded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(gift, { minLength: 1, maxLength: 6 }), async (gifts) => {
      const contactId = await createContact(client)
      const expected = new Map<string, bigint>()
      for (const { allocatedUnits, amountUnits, error, currency, isRefunded } of gifts) {
        const total = allocatedUnits.length > 0 ? sum(allocatedUnits) + error : amountUnits
        const allocations = allocatedUnits.map((part, index) => ({ fundId: funds[index], amount: amountOf(part) }))
        const payload = await tryGift(client, { contactId, currency, amount: amountOf(total), allocations })
        const isWrong = allocatedUnits.length > 0 && error !== 0n
        expect(payload.gift === null).toBe(isWrong)
        if (isWrong) {
          expect(unitsOf(at(payload.userErrors, '0.expected')) - unitsOf(at(payload.userErrors, '0.actual'))).toBe(
            error,
          )
          continue
        }
        const storedUnits = listAt(payload.gift, 'allocations').map((allocation) => unitsOf(at(allocation, 'amount')))
        expect(sum(storedUnits)).toBe(total)
        const created = { id: String(at(payload.gift, 'id')), version: 1 }
        if (isRefunded) expect((await actOnGift(client, 'refundGift', created)).userErrors).toEqual([])
        else expected.set(currency, (expected.get(currency) ?? 0n) + total)
      }
      const totals = await totalsOf(client, contactId)
      const rows = Array.isArray(totals) ? totals : []
      expect(new Map(rows.map((row) => [at(row, 'currency'), unitsOf(at(row, 'amount.amount'))]))).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})
