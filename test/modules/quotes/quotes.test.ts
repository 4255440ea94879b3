import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { act, addDeal, addQuote, addSelling, QUOTE, readQuote, type Selling } from './selling.ts'

let app: TestApp
let made: Selling
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addSelling(app)
})
afterAll(() => app.close())

describe('a new quote', () => {
  it('gets prices from the price books, a number, a name, a currency and totals by the server', async () => {
    const { id } = await addQuote(app.as('member'), made, {
      lines: [
        { productId: made.desk.id, quantity: '2', discountPercent: '10', taxPercent: '19', groupName: 'Desks' },
        { productId: made.chair.id, quantity: '3', unitPrice: { amount: '90', currency: 'EUR' }, taxPercent: '19' },
      ],
      groups: [{ name: 'Desks', discountPercent: '5' }],
      discountPercent: '1.5',
    })
    const quote = await readQuote(app.as('member'), { id })
    expect(quote).toMatchObject({
      number: 'Q-00001',
      name: 'Office for Acme',
      status: 'DRAFT',
      isPrimary: true,
      versionNumber: null,
      lines: [
        {
          product: { name: 'Desk' },
          unitPrice: { amount: '400.00', currency: 'EUR' },
          amount: { amount: '800.00' },
          total: { amount: '720.00' },
          net: { amount: '673.74' },
          tax: { amount: '128.01' },
        },
        {
          unitPrice: { amount: '90.00' },
          total: { amount: '270.00' },
          net: { amount: '265.95' },
          tax: { amount: '50.53' },
        },
      ],
      groups: [{ subtotal: { amount: '720.00' }, discount: { amount: '36.00' }, total: { amount: '684.00' } }],
      subtotal: { amount: '990.00' },
      discount: { amount: '50.31' },
      tax: { amount: '178.54' },
      total: { amount: '1118.23', currency: 'EUR' },
    })
    expect(at(quote, 'contentHash')).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is primary only if it is the first one of its opportunity', async () => {
    const deal = await addDeal(app, made.account)
    const quotes = await Promise.all([1, 2, 3].map(() => addQuote(app.as('member'), { ...made, deal })))
    const read = await Promise.all(quotes.map((quote) => readQuote(app.as('member'), quote)))
    expect(read.filter((quote) => at(quote, 'isPrimary'))).toHaveLength(1)
    expect(new Set(read.map((quote) => at(quote, 'number'))).size).toBe(3)
  })

  it.each([
    ['a quantity of 0', { quantity: '0' }, 'INVALID lines.0.quantity'],
    ['a negative price', { unitPrice: { amount: '-1', currency: 'EUR' } }, 'INVALID lines.0.unitPrice.amount'],
    ['another currency', { unitPrice: { amount: '1', currency: 'USD' } }, 'INVALID lines.0.unitPrice.currency'],
    ['a discount above 100 %', { discountPercent: '100.01' }, 'INVALID lines.0.discountPercent'],
    ['an unknown group', { groupName: 'Lamps' }, 'INVALID lines.0.groupName'],
    [
      'an amount that is too large',
      { quantity: '9999999999999999', unitPrice: { amount: '999', currency: 'EUR' } },
      'INVALID lines',
    ],
  ])('is refused with %s', async (_, line, error) => {
    const input = {
      opportunityId: made.deal.id,
      lines: [{ productId: made.desk.id, quantity: '1', ...line }],
    }
    expect((await act(app.as('member'), 'createQuote', input)).errors).toEqual([error])
  })

  it('is refused when there is no price of a product in its currency', async () => {
    const input = { opportunityId: made.deal.id, currency: 'USD', lines: [{ productId: made.desk.id, quantity: '1' }] }
    expect((await act(app.as('member'), 'createQuote', input)).errors).toEqual(['INVALID lines.0.unitPrice'])
  })
})

describe('an update of a quote', () => {
  it('computes totals anew from the stored lines when only a discount changes', async () => {
    const quote = await addQuote(app.as('member'), made)
    const updated = await act(app.as('member'), 'updateQuote', { ...quote, discountPercent: '50' }, QUOTE)
    expect(updated.quote).toMatchObject({ total: { amount: '400.00' }, lines: [{ net: { amount: '400.00' } }] })
    const back = await act(
      app.as('member'),
      'updateQuote',
      { id: quote.id, version: updated.version, discountPercent: null },
      QUOTE,
    )
    expect(back.quote).toMatchObject({ total: { amount: '800.00' }, lines: [{ net: { amount: '800.00' } }] })
  })

  it('with the values that are stored writes nothing', async () => {
    const quote = await addQuote(app.as('member'), made)
    const before = await readQuote(app.as('member'), quote)
    await act(app.as('member'), 'updateQuote', { ...quote, validUntil: '2026-12-31' })
    expect(await readQuote(app.as('member'), quote)).toEqual(before)
  })

  it('shows totals in the history and to subscribers as changed fields', async () => {
    const quote = await addQuote(app.as('member'), made)
    await act(app.as('member'), 'updateQuote', { ...quote, discountPercent: '50' })
    const read = await readQuote(app.as('admin'), quote, 'history(first: 1) { nodes { changes { field to } } }')
    expect(listAt(read, 'history.nodes.0.changes')).toContainEqual({
      field: 'total',
      to: { amount: '400.00', currency: 'EUR' },
    })
  })
})

it('discount and margin are only for those who may read them', async () => {
  const quote = await addQuote(app.as('member'), made, { discountPercent: '10' })
  const fields = 'totalDiscountPercent marginPercent'
  expect(await readQuote(app.as('admin'), quote, fields)).toEqual({
    totalDiscountPercent: '10.00',
    marginPercent: '30.5556',
  })
  const hidden = `query ($id: ID!) { quote(id: $id) { ${fields} } }`
  expect(errorCodes(await app.as('member').query(hidden, { id: quote.id }))).toContain('FORBIDDEN')
})
