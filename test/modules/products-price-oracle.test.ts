import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addRecord } from '../support/records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

/** Days are numbers of a day in January 2026, quantities whole numbers. */
interface Period {
  readonly from: number | null
  readonly to: number | null
}
interface Entry extends Period {
  readonly book: number
  readonly minimum: number
}
interface Book extends Period {
  readonly isActive: boolean
}
interface World {
  /** Each price book is the parent of the one before it. The account buys by the first. */
  readonly chain: readonly Book[]
  /** The default price book: a separate one, or one of the chain by its index, or none. */
  readonly other: Book | number | null
  readonly entries: readonly Entry[]
  readonly questions: readonly { readonly quantity: number; readonly day: number; readonly hasAccount: boolean }[]
}

const day = fc.integer({ min: 1, max: 9 })
const period = fc
  .tuple(fc.option(day, { freq: 1 }), fc.option(day, { freq: 1 }))
  .map(([one, other]) =>
    one !== null && other !== null && one > other ? { from: other, to: one } : { from: one, to: other },
  )
const book = fc
  .record({
    period: fc.option(period, { freq: 1, nil: { from: null, to: null } }),
    isActive: fc.boolean(),
    isSurelyActive: fc.boolean(),
  })
  .map((made): Book => ({ ...made.period, isActive: made.isActive || made.isSurelyActive }))
const world: fc.Arbitrary<World> = fc.record({
  chain: fc.array(book, { maxLength: 4 }),
  other: fc.oneof(book, fc.nat(3), fc.constant(null)),
  entries: fc.array(
    fc
      .record({ book: fc.nat(4), minimum: fc.constantFrom(0, 1, 2, 5, 10), period })
      .map(({ period, ...entry }) => ({ ...entry, ...period })),
    { maxLength: 25 },
  ),
  questions: fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 10 }),
      hasAccount: fc.boolean(),
    }),
    {
      minLength: 10,
      maxLength: 10,
    },
  ),
})

const contains = ({ from, to }: Period, on: number) => (from ?? 0) <= on && on <= (to ?? 99)
const overlap = (one: Period, two: Period) => (one.from ?? 0) <= (two.to ?? 99) && (two.from ?? 0) <= (one.to ?? 99)
const iso = (on: number | null) => (on === null ? null : `2026-01-${String(on).padStart(2, '0')}`)

const currencies = Intl.supportedValuesOf('currency').filter((code) => code !== 'USD')

/** Creates a world in a currency of its own, and compares each answer with that of the rules in the documentation. */
async function agrees({ chain, other, entries, questions }: World): Promise<void> {
  const boss = app.as('admin')
  const currency = currencies.pop()
  const product = await addRecord(boss, 'Product', { name: 'P', sku: `P-${currency}` })
  const account = await addAccount(boss, { name: 'A' })
  const separate = typeof other === 'object' && other !== null ? [other] : []
  const books = [...chain, ...separate]
  const defaultIndex =
    typeof other === 'number' ? (other < chain.length ? other : -1) : separate.length > 0 ? chain.length : -1
  const ids: string[] = []
  for (const [index, each] of [...books.entries()].reverse()) {
    const parentId = index < chain.length - 1 ? ids[index + 1] : null
    const period = { validFrom: iso(each.from), validTo: iso(each.to) }
    const input = {
      name: 'B',
      currency,
      ...period,
      isActive: each.isActive,
      isDefault: index === defaultIndex,
      parentId,
    }
    ids[index] = (await addRecord(boss, 'PriceBook', input)).id
  }
  if (chain.length > 0) await addRecord(boss, 'AccountPriceBook', { accountId: account.id, priceBookId: ids[0] })

  const wished = entries.filter((entry) => entry.book < books.length)
  const kept: { readonly entry: Entry; readonly amount: string }[] = []
  const clash = (entry: Entry) =>
    kept.some(
      (one) => one.entry.book === entry.book && one.entry.minimum === entry.minimum && overlap(one.entry, entry),
    )
  const isRefused = wished.map((entry, index) => {
    if (clash(entry)) return true
    kept.push({ entry, amount: `${index}.00` })
    return false
  })
  const records = wished.map((entry, index) => ({
    productId: product.id,
    priceBookId: ids[entry.book],
    unitPrice: { amount: String(index), currency },
    minimumQuantity: String(entry.minimum),
    validFrom: iso(entry.from),
    validTo: iso(entry.to),
  }))
  if (records.length > 0) {
    const data = await boss.must(
      'mutation ($input: CreatePriceBookEntriesInput!) { createPriceBookEntries(input: $input) { results { userErrors { code } } } }',
      { input: { records, errorPolicy: 'REJECT_FAILED' } },
    )
    const results = listAt(data, 'createPriceBookEntries.results').map(
      (result) => listAt(result, 'userErrors').length > 0,
    )
    expect(results).toEqual(isRefused)
  }

  for (const { quantity, day: on, hasAccount } of questions) {
    const order = [
      ...(hasAccount ? chain.keys() : []),
      ...(defaultIndex < 0 || (hasAccount && defaultIndex < chain.length) ? [] : [defaultIndex]),
    ]
    const used = order.filter((index) => books[index]?.isActive && contains(books[index] ?? NEVER, on))
    const candidates = used.map((index) =>
      kept
        .filter(({ entry }) => entry.book === index && entry.minimum <= quantity && contains(entry, on))
        .reduce<(typeof kept)[number] | null>(
          (best, one) => (best && best.entry.minimum > one.entry.minimum ? best : one),
          null,
        ),
    )
    const expected = candidates.find((each) => each !== null)?.amount ?? null
    const { data, errors } = await app.as('reader').query(
      `query ($product: ID!, $account: ID, $quantity: Decimal!, $on: Date, $currency: CurrencyCode) {
        priceFor(productId: $product, accountId: $account, quantity: $quantity, on: $on, currency: $currency) {
          unitPrice { amount currency } entry { unitPrice { amount } } steps { outcome amount { amount } source { id } } } }`,
      {
        product: product.id,
        account: hasAccount ? account.id : null,
        quantity: String(quantity),
        on: iso(on),
        currency,
      },
    )
    if (order.length === 0) {
      expect(errors[0]?.message).toContain(`no price book in ${currency}`)
      continue
    }
    expect(errors).toEqual([])
    expect(at(data, 'priceFor.unitPrice')).toEqual(expected === null ? null : { amount: expected, currency })
    expect(at(data, 'priceFor.entry.unitPrice.amount') ?? null).toBe(expected)
    const steps = listAt(data, 'priceFor.steps').filter(
      (step) => !['NO_ACCOUNT_PRICE_BOOK', 'NO_DEFAULT_PRICE_BOOK'].includes(textAt(step, 'outcome')),
    )
    const won = order.findIndex((index) => index === used[candidates.findIndex((each) => each !== null)])
    expect(steps.map((step) => textAt(step, 'outcome') === 'PRICE')).toEqual(
      order.slice(0, won < 0 ? order.length : won + 1).map((_, place) => place === won),
    )
    const without = steps.filter((step) => at(step, 'amount') === null)
    expect(without.map((step) => textAt(step, 'source.id'))).toEqual(
      order.slice(0, won < 0 ? order.length : won).map((index) => ids[index]),
    )
  }
}
const NEVER: Period = { from: 98, to: 97 }

it('prices of random price books are those that the documented order gives, and the steps name each price book that was tried', async () => {
  await fc.assert(fc.asyncProperty(world, agrees), { numRuns: 15, endOnFailure: true })
})
