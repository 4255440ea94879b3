import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addRecord, type Made, setDeleted } from '../support/records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

const boss = () => app.as('admin')
const add = (object: string, input: object) => addRecord(boss(), object, { ...input })
let skus = 0
const addProduct = (input: object = {}) => add('Product', { name: 'Chair', sku: `SKU-${++skus}`, ...input })
let books = 0
const addBook = (input: object = {}) => add('PriceBook', { name: `Book ${++books}`, currency: 'EUR', ...input })

/** Tries a write and returns its user errors. */
async function errorsOf(mutation: string, input: object): Promise<unknown> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
  const document = `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { __typename code path message } } }`
  return at(await boss().must(document, { input }), `${mutation}.userErrors`)
}

describe('a product', () => {
  it('is created, searched for by its SKU, and grouped by its family', async () => {
    const answer = await boss().must(
      `mutation ($input: CreateProductInput!) { createProduct(input: $input) {
        product { id version name sku family isActive kind description } userErrors { code message path } } }`,
      { input: { name: 'Lamp', sku: 'LAMP-7', family: 'Lamps', isActive: true, description: 'Bright' } },
    )
    expect(at(answer, 'createProduct')).toMatchObject({
      product: { version: 1, name: 'Lamp', sku: 'LAMP-7', family: 'Lamps', isActive: true, kind: 'GOODS' },
      userErrors: [],
    })
    await addProduct({ family: 'Lamps' })
    const data = await boss().must(`{
      products(search: "lamp-7") { nodes { sku } }
      productAggregate(filter: { family: { equals: "Lamps" } }, groupBy: [FAMILY]) { groups { key { family } count } }
    }`)
    expect(data).toEqual({
      products: { nodes: [{ sku: 'LAMP-7' }] },
      productAggregate: { groups: [{ key: { family: 'Lamps' }, count: 2 }] },
    })
  })

  it('has an SKU that no other product has that is not deleted', async () => {
    const first = await addProduct({ sku: 'ONE' })
    const taken = [expect.objectContaining({ code: 'DUPLICATE', path: ['input', 'sku'] })]
    expect(await errorsOf('createProduct', { name: 'Other', sku: 'ONE' })).toEqual(taken)
    const deleted = await setDeleted(boss(), 'delete', 'Product', first)
    await addProduct({ sku: 'ONE' })
    expect(await errorsOf('restoreProduct', { id: deleted.id, version: deleted.version })).toEqual([
      expect.objectContaining({ code: 'DUPLICATE' }),
    ])
  })
})

describe('a price book', () => {
  it('is the only default one in its currency', async () => {
    const first = await addBook({ currency: 'CHF', isDefault: true })
    await addBook({ currency: 'SEK', isDefault: true })
    const taken = [expect.objectContaining({ code: 'DUPLICATE', path: ['input', 'isDefault'] })]
    expect(await errorsOf('createPriceBook', { name: 'B', currency: 'CHF', isDefault: true })).toEqual(taken)
    await setDeleted(boss(), 'delete', 'PriceBook', first)
    expect(await errorsOf('createPriceBook', { name: 'B', currency: 'CHF', isDefault: true })).toEqual([])
  })

  it('keeps its currency, which is that of its parent', async () => {
    const book = await addBook()
    expect(await errorsOf('updatePriceBook', { ...book, currency: 'USD' })).toEqual([
      expect.objectContaining({ code: 'RULE_VIOLATION', path: ['input', 'currency'] }),
    ])
    expect(await errorsOf('createPriceBook', { name: 'B', currency: 'USD', parentId: book.id })).toEqual([
      expect.objectContaining({ code: 'RULE_VIOLATION', path: ['input', 'parentId'] }),
    ])
  })

  it('is not below itself, and at most 9 price books are above it', async () => {
    const chain: Made[] = [await addBook()]
    while (chain.length < 10) chain.push(await addBook({ parentId: chain.at(-1)?.id }))
    const below = (parent: Made | undefined) => ({ name: 'Deep', currency: 'EUR', parentId: parent?.id })
    expect(await errorsOf('createPriceBook', below(chain[9]))).toEqual([
      expect.objectContaining({ code: 'RULE_VIOLATION', path: ['input', 'parentId'] }),
    ])
    expect(await errorsOf('updatePriceBook', { ...chain[0], parentId: chain[3]?.id })).toEqual([
      expect.objectContaining({ code: 'RULE_VIOLATION', message: expect.stringContaining('circle') }),
    ])
  })

  it('has a period that ends after it begins', async () => {
    const wrong = { validFrom: '2026-02-01', validTo: '2026-01-31' }
    const refusal = [expect.objectContaining({ code: 'INVALID', path: ['input', 'validTo'] })]
    expect(await errorsOf('createPriceBook', { name: 'B', currency: 'EUR', ...wrong })).toEqual(refusal)
    const book = await addBook({ validFrom: '2026-02-01' })
    expect(await errorsOf('updatePriceBook', { ...book, validTo: '2026-01-31' })).toEqual(refusal)
    expect(await errorsOf('updatePriceBook', { ...book, validTo: '2026-02-01' })).toEqual([])
  })

  it('is the only one in its currency by which an account buys', async () => {
    const [account, one, other, usd] = await Promise.all([
      addAccount(boss(), { name: 'Acme' }),
      addBook(),
      addBook(),
      addBook({ currency: 'USD' }),
    ])
    await add('AccountPriceBook', { accountId: account.id, priceBookId: one.id })
    await add('AccountPriceBook', { accountId: account.id, priceBookId: usd.id })
    expect(await errorsOf('createAccountPriceBook', { accountId: account.id, priceBookId: other.id })).toEqual([
      expect.objectContaining({ code: 'DUPLICATE', path: ['input', 'priceBookId'] }),
    ])
    const data = await boss().must(
      'query ($id: ID!) { account(id: $id) { priceBooks(orderBy: [{ currency: ASC }]) { nodes { currency priceBook { id } } } } }',
      { id: account.id },
    )
    expect(listAt(data, 'account.priceBooks.nodes')).toEqual([
      { currency: 'EUR', priceBook: { id: one.id } },
      { currency: 'USD', priceBook: { id: usd.id } },
    ])
  })
})

describe('a price in a price book', () => {
  const price = (amount: string, currency = 'EUR') => ({ unitPrice: { amount, currency } })

  it('is unique for its product, price book and minimum quantity on each day', async () => {
    const [product, book] = await Promise.all([addProduct(), addBook()])
    const entry = { productId: product.id, priceBookId: book.id, ...price('10') }
    const q1 = await add('PriceBookEntry', { ...entry, validFrom: '2026-01-01', validTo: '2026-03-31' })
    await add('PriceBookEntry', { ...entry, validFrom: '2026-04-01' })
    await add('PriceBookEntry', { ...entry, minimumQuantity: '10', validFrom: '2026-01-01' })
    const overlap = [
      expect.objectContaining({
        __typename: 'DuplicateRecordError',
        code: 'DUPLICATE',
        path: ['input', 'validFrom'],
        message: expect.stringContaining('for the same minimum quantity'),
      }),
    ]
    expect(await errorsOf('createPriceBookEntry', { ...entry, validTo: '2026-01-01' })).toEqual(overlap)
    expect(await errorsOf('updatePriceBookEntry', { ...q1, validTo: '2026-04-01' })).toEqual(overlap)
    expect(await errorsOf('createPriceBookEntry', { ...entry, validTo: '2025-12-31' })).toEqual([])
    const deleted = await setDeleted(boss(), 'delete', 'PriceBookEntry', q1)
    expect(
      await errorsOf('createPriceBookEntry', { ...entry, validFrom: '2026-02-01', validTo: '2026-02-01' }),
    ).toEqual([])
    expect(await errorsOf('restorePriceBookEntry', deleted)).toEqual([
      expect.objectContaining({ code: 'DUPLICATE', path: ['input', 'id'] }),
    ])
  })

  it('has one of two prices that two clients create at once for the same days', async () => {
    const [product, book] = await Promise.all([addProduct(), addBook()])
    const entry = { productId: product.id, priceBookId: book.id, ...price('10') }
    const errors = await Promise.all([1, 2].map(() => errorsOf('createPriceBookEntry', entry)))
    expect(errors.map((list) => (Array.isArray(list) ? list.length : -1)).sort()).toEqual([0, 1])
  })

  it('is checked with as many statements in a list of many as in a list of few', async () => {
    const [product, book] = await Promise.all([addProduct(), addBook()])
    const statements = async (from: number, count: number) => {
      const records = Array.from({ length: count }, (_, index) => ({
        productId: product.id,
        priceBookId: book.id,
        ...price('1'),
        minimumQuantity: String(from + index),
      }))
      app.resetStatements()
      await boss().must(
        'mutation ($input: CreatePriceBookEntriesInput!) { createPriceBookEntries(input: $input) { createdCount } }',
        { input: { records, errorPolicy: 'REJECT_ALL' } },
      )
      return app.statements.length
    }
    const few = await statements(0, 2)
    expect(await statements(100, 50)).toBe(few)
  })

  it('has the currency of its price book, and no negative numbers', async () => {
    const [product, book] = await Promise.all([addProduct(), addBook()])
    const entry = { productId: product.id, priceBookId: book.id }
    const codes = async (input: object) => {
      const errors = await errorsOf('createPriceBookEntry', { ...entry, ...input })
      return Array.isArray(errors) ? errors.map((error) => at(error, 'path')) : errors
    }
    expect(await codes(price('10', 'USD'))).toEqual([['input', 'unitPrice', 'currency']])
    expect(await codes(price('-0.01'))).toEqual([['input', 'unitPrice', 'amount']])
    expect(await codes({ ...price('1'), minimumQuantity: '-1' })).toEqual([['input', 'minimumQuantity']])
    expect(await codes({ ...price('1'), validFrom: '2026-01-02', validTo: '2026-01-01' })).toEqual([
      ['input', 'validTo'],
    ])
    const free = await add('PriceBookEntry', { ...entry, ...price('0') })
    const data = await boss().must(
      'query ($id: ID!) { priceBookEntry(id: $id) { unitPrice { amount currency } minimumQuantity } }',
      { id: free.id },
    )
    expect(data).toEqual({
      priceBookEntry: { unitPrice: { amount: '0.00', currency: 'EUR' }, minimumQuantity: '0.00' },
    })
  })
})
