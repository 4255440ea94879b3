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

/** Ten-thousandths as an amount, and back. */
const amountOf = (units: bigint) => `${units / 10_000n}.${String(units % 10_000n).padStart(4, '0')}`
const unitsOf = (amount: unknown) => {
  const [whole = '', fraction = ''] = String(amount).split('.')
  return BigInt(whole + fraction.padEnd(4, '0'))
}
const sum = (units: readonly bigint[]) => units.reduce((total, each) => total + each, 0n)

const units = fc.bigInt({ min: 1n, max: 10_000_000_000n })
const gift = fc.record({
  parts: fc.array(units, { maxLength: 3 }),
  whole: units,
  /** What the amount is more or less than its parts. */
  error: fc.oneof({ weight: 3, arbitrary: fc.constant(0n) }, { weight: 1, arbitrary: fc.bigInt({ min: 1n, max: 3n }) }),
  currency: fc.constantFrom('EUR', 'USD'),
  isRefunded: fc.boolean(),
})

it('takes a gift where its allocations add up, and only then; totals are the sum of the gifts that count', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(gift, { minLength: 1, maxLength: 6 }), async (gifts) => {
      const contactId = await createContact(client)
      const expected = new Map<string, bigint>()
      for (const { parts, whole, error, currency, isRefunded } of gifts) {
        const total = parts.length > 0 ? sum(parts) + error : whole
        const allocations = parts.map((part, index) => ({ fundId: funds[index], amount: amountOf(part) }))
        const answer = await tryGift(client, { contactId, currency, amount: amountOf(total), allocations })
        const isWrong = parts.length > 0 && error !== 0n
        expect(answer.gift === null).toBe(isWrong)
        if (isWrong) {
          expect(unitsOf(at(answer.userErrors, '0.expected')) - unitsOf(at(answer.userErrors, '0.actual'))).toBe(error)
          continue
        }
        const taken = listAt(answer.gift, 'allocations').map((part) => unitsOf(at(part, 'amount')))
        expect(sum(taken)).toBe(total)
        const made = { id: String(at(answer.gift, 'id')), version: 1 }
        if (isRefunded) expect((await actOnGift(client, 'refundGift', made)).userErrors).toEqual([])
        else expected.set(currency, (expected.get(currency) ?? 0n) + total)
      }
      const totals = await totalsOf(client, contactId)
      const told = Array.isArray(totals) ? totals : []
      expect(new Map(told.map((each) => [at(each, 'currency'), unitsOf(at(each, 'amount.amount'))]))).toEqual(expected)
    }),
    { numRuns: 20 },
  )
})
