import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../src/testing/answers.ts'
import { userWho } from '../permissions/people.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addRecord, type Made, setDeleted } from '../support/records.ts'

let app: TestApp
/** A product with prices in four price books, and an account that buys by the lowest of a chain of three. */
let made: Readonly<Record<'product' | 'account' | 'own' | 'parent' | 'top' | 'default' | 'usd', Made>>

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  const boss = app.as('admin')
  const book = (name: string, rest: object = {}) => addRecord(boss, 'PriceBook', { name, currency: 'EUR', ...rest })
  const product = await addRecord(boss, 'Product', { name: 'Chair', sku: 'C-1' })
  const account = await addAccount(boss, { name: 'Acme' })
  const top = await book('Europe')
  const parent = await book('Germany', { parentId: top.id })
  const own = await book('Acme', { parentId: parent.id, validTo: '2026-12-31' })
  made = {
    product,
    account,
    own,
    parent,
    top,
    default: await book('List', { isDefault: true }),
    usd: await book('List USD', { isDefault: true, currency: 'USD' }),
  }
  const link = { accountId: account.id, priceBookId: own.id }
  await addRecord(boss, 'AccountPriceBook', link)
})
afterAll(() => app.close())

const entries: Made[] = []
async function addPrice(priceBook: Made, amount: string, input: object = {}, currency = 'EUR'): Promise<Made> {
  const entry = { productId: made.product.id, priceBookId: priceBook.id, unitPrice: { amount, currency }, ...input }
  const added = await addRecord(app.as('admin'), 'PriceBookEntry', entry)
  entries.push(added)
  return added
}
beforeEach(async () => {
  for (const entry of entries.splice(0)) await setDeleted(app.as('admin'), 'delete', 'PriceBookEntry', entry)
})

const PRICE = `query ($productId: ID!, $accountId: ID, $quantity: Decimal!, $on: Date, $priceBookId: ID, $currency: CurrencyCode) {
  priceFor(productId: $productId, accountId: $accountId, quantity: $quantity, on: $on, priceBookId: $priceBookId, currency: $currency) {
    unitPrice { amount currency } currency on entry { id }
    steps { outcome description amount { amount currency } source { __typename id } }
  }
}`
const ask = (input: object = {}, client: Pick<ReturnType<TestApp['as']>, 'query'> = app.as('reader')) =>
  client.query(PRICE, { productId: made.product.id, quantity: '1', ...input })
async function priceOf(input: object = {}): Promise<unknown> {
  const { data, errors } = await ask(input)
  expect(errors).toEqual([])
  return at(data, 'priceFor')
}
const amountOf = async (input: object = {}) => at(await priceOf(input), 'unitPrice.amount')
const outcomesOf = async (input: object = {}) =>
  listAt(await priceOf(input), 'steps').map((step) => [at(step, 'outcome'), at(step, 'source.id')])
const forAcme = () => ({ accountId: made.account.id })

describe('priceFor', () => {
  it('answers the price in the price book of the account, and the step that found it', async () => {
    await addPrice(made.default, '100')
    const entry = await addPrice(made.own, '80.5')
    expect(await priceOf(forAcme())).toEqual({
      unitPrice: { amount: '80.50', currency: 'EUR' },
      currency: 'EUR',
      on: '2026-03-01',
      entry: { id: entry.id },
      steps: [
        {
          outcome: 'PRICE',
          description: 'Price book of the account Acme has the price.',
          amount: { amount: '80.50', currency: 'EUR' },
          source: { __typename: 'PriceBookEntry', id: entry.id },
        },
      ],
    })
  })

  it('tries the parents of the price book, the nearest first, and then the default one', async () => {
    const listed = await addPrice(made.default, '100')
    expect(await outcomesOf(forAcme())).toEqual([
      ['NO_PRICE', made.own.id],
      ['NO_PRICE', made.parent.id],
      ['NO_PRICE', made.top.id],
      ['PRICE', listed.id],
    ])
    await addPrice(made.top, '95')
    expect(await amountOf(forAcme())).toBe('95.00')
    await addPrice(made.parent, '90')
    expect(await amountOf(forAcme())).toBe('90.00')
  })

  it('uses the greatest minimum quantity that is at most the quantity, and tells of greater ones', async () => {
    for (const [minimumQuantity, amount] of [
      ['2.5', '10'],
      ['10', '9'],
      ['100', '8'],
    ] as const)
      await addPrice(made.own, amount, { minimumQuantity })
    const prices = await Promise.all(
      ['2.5', '9.9999', '10', '99', '100', '1000000'].map((quantity) => amountOf({ ...forAcme(), quantity })),
    )
    expect(prices).toEqual(['10.00', '10.00', '9.00', '9.00', '8.00', '8.00'])
    const steps = listAt(await priceOf({ ...forAcme(), quantity: '2' }), 'steps')
    expect(steps[0]).toMatchObject({
      outcome: 'QUANTITY_TOO_SMALL',
      description: expect.stringContaining('from a quantity of 2.5 on, and none for 2.'),
    })
  })

  it('uses the price that is valid on the day, which is today unless it is named', async () => {
    await addPrice(made.own, '10', { validTo: '2026-02-28' })
    await addPrice(made.own, '11', { validFrom: '2026-03-01', validTo: '2026-03-01' })
    expect(await amountOf({ ...forAcme(), on: '2026-02-28' })).toBe('10.00')
    expect(await amountOf(forAcme())).toBe('11.00')
    expect(await outcomesOf({ ...forAcme(), on: '2026-03-02' })).toContainEqual(['NO_PRICE_ON_DAY', made.own.id])
    await addPrice(made.default, '50')
    expect(await outcomesOf({ ...forAcme(), on: '2027-01-01' })).toContainEqual(['PRICE_BOOK_NOT_VALID', made.own.id])
  })

  it('says why there is no price', async () => {
    expect(await priceOf()).toMatchObject({ unitPrice: null, currency: 'USD', entry: null })
    expect(await outcomesOf()).toEqual([['NO_PRICE', made.usd.id]])
    const nobody = await addAccount(app.as('admin'), { name: 'Nobody' })
    expect(await outcomesOf({ accountId: nobody.id, currency: 'EUR' })).toEqual([
      ['NO_ACCOUNT_PRICE_BOOK', nobody.id],
      ['NO_PRICE', made.default.id],
    ])
  })

  it('has no price of a product that is not for sale', async () => {
    const product = await addRecord(app.as('admin'), 'Product', { name: 'Old', sku: 'OLD', isActive: false })
    expect(await outcomesOf({ productId: product.id })).toEqual([['NOT_FOR_SALE', product.id]])
  })

  it('leaves out a price book that is not active', async () => {
    const closed = await addRecord(app.as('admin'), 'PriceBook', {
      name: 'Closed',
      currency: 'EUR',
      isActive: false,
      parentId: made.parent.id,
    })
    await addPrice(closed, '1')
    await addPrice(made.parent, '90')
    expect(await outcomesOf({ priceBookId: closed.id })).toEqual([
      ['PRICE_BOOK_INACTIVE', closed.id],
      ['PRICE', entries[1]?.id],
    ])
  })

  it('is in the wished currency, and not converted', async () => {
    await addPrice(made.own, '80')
    await addPrice(made.usd, '120', {}, 'USD')
    expect(await amountOf({ ...forAcme(), currency: 'USD' })).toBe('120.00')
    expect(await amountOf(forAcme())).toBe('80.00')
    const missing = await ask({ ...forAcme(), currency: 'CHF' })
    expect(errorCodes(missing)).toEqual(['BAD_USER_INPUT'])
    expect(missing.errors[0]?.message).toContain('no price book in CHF')
    const other = await ask({ priceBookId: made.own.id, currency: 'USD' })
    expect(other.errors[0]?.message).toBe('The price book has prices in EUR, not in USD.')
  })

  it('refuses a quantity of 0', async () => {
    expect(errorCodes(await ask({ quantity: '0' }))).toEqual(['BAD_USER_INPUT'])
  })

  it('is null for records that do not exist or are soft-deleted', async () => {
    const gone = await addRecord(app.as('admin'), 'Product', { name: 'Gone', sku: 'GONE' })
    await setDeleted(app.as('admin'), 'delete', 'Product', gone)
    const wrong = [{ productId: gone.id }, { productId: made.account.id }, { accountId: 'x' }, { priceBookId: gone.id }]
    for (const input of wrong) expect(await priceOf(input)).toBeNull()
  })

  it('is one statement, and one more for the records of the steps', async () => {
    await addPrice(made.default, '100')
    app.resetStatements()
    await app.as('reader').must('query ($id: ID!) { priceFor(productId: $id, quantity: 1) { currency } }', {
      id: made.product.id,
    })
    const bare = app.statements.length
    app.resetStatements()
    await priceOf(forAcme())
    expect([bare, app.statements.length]).toEqual([1, 2])
  })
})

describe('the permission for priceFor', () => {
  const READ = ['product:read', 'priceBook:read', 'priceBookEntry:read'] as const

  it('is to read products, price books and their prices; with an account also accounts and their price books', async () => {
    const clerk = await userWho(app, READ)
    expect(errorCodes(await ask({}, clerk))).toEqual([])
    expect(errorCodes(await ask(forAcme(), clerk))).toEqual(['FORBIDDEN'])
    const seller = await userWho(app, [...READ, 'accountPriceBook:read', 'account:read'])
    expect(errorCodes(await ask(forAcme(), seller))).toEqual([])
    for (const missing of READ) {
      const person = await userWho(
        app,
        READ.filter((permission) => permission !== missing),
      )
      expect(errorCodes(await ask({}, person))).toEqual(['FORBIDDEN'])
    }
    const blind = await userWho(app, ['product:read', 'priceBook:read', 'priceBookEntry.minimumQuantity:read'])
    expect(errorCodes(await ask({}, blind))).toEqual(['FORBIDDEN'])
  })

  it('hides prices in price books that the caller may not see, as if they did not exist', async () => {
    await addPrice(made.default, '100')
    const own = await userWho(app, ['product:read', 'priceBook:read@own', 'priceBookEntry:read'])
    const answer = await ask({ currency: 'EUR' }, own)
    expect(answer.errors[0]?.message).toContain('no price book in EUR')
    expect((await ask({ priceBookId: made.default.id }, own)).data).toEqual({ priceFor: null })
  })
})
