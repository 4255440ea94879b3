import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ORDER_STEPS, type OrderStatus, type OrderStep } from '../../../src/modules/orders/order-states.ts'
import { at, listAt, refusals, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { sendNewQuote } from '../proposals/sent-quotes.ts'
import { addSelling, type Selling } from '../quotes/selling.ts'

let app: TestApp
let made: Selling
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addSelling(app)
})
afterAll(() => app.close())

interface Order {
  readonly id: string
  readonly version: number
}

const ORDER = `id version number status orderedOn orderedBy quoteVersionNumber confirmedAt cancelReason
  account { name } opportunity { status } quote { status } subtotal { amount } discount { amount } tax { amount } total { amount currency }
  lines(first: 9) { nodes { position name sku groupName quantity unit unitPrice { amount } discountPercent taxPercent total { amount } net { amount } tax { amount } } }`

async function accept(input: object = {}): Promise<unknown> {
  const { id, version } = await sendNewQuote(app, made, input)
  return app.as('admin').must(
    `mutation ($input: AcceptQuoteInput!) { acceptQuote(input: $input) {
      quote { status } opportunity { status } order { ${ORDER} } userErrors { code message path } } }`,
    { input: { id, version, versionNumber: 1, acceptedBy: 'Ada Lovelace' } },
  )
}

async function addOrder(): Promise<Order> {
  const order = at(await accept(), 'acceptQuote.order')
  return { id: textAt(order, 'id'), version: Number(at(order, 'version')) }
}

/** Takes a step, and returns the codes of its errors and the status afterwards. */
async function take(step: OrderStep, { id, version }: Order) {
  const input = { id, version, ...(step === 'cancelOrder' ? { reason: 'Built elsewhere' } : {}) }
  const type = `${step.charAt(0).toUpperCase()}${step.slice(1)}Input!`
  const data = await app
    .as('admin')
    .must(
      `mutation ($input: ${type}) { ${step}(input: $input) { order { version status cancelReason } userErrors { code message path } } }`,
      { input },
    )
  return {
    codes: refusals(data, step),
    status: at(data, `${step}.order.status`),
    version: Number(at(data, `${step}.order.version`) ?? version),
  }
}

describe('accepting a quote', () => {
  it('makes an order of exactly what was offered', async () => {
    const data = await accept({
      lines: [
        {
          productId: made.desk.id,
          quantity: '2',
          discountPercent: '10',
          taxPercent: '19',
          groupName: 'Desks',
          description: 'Oak',
        },
        { productId: made.chair.id, quantity: '3', unitPrice: { amount: '90', currency: 'EUR' }, taxPercent: '19' },
      ],
      groups: [{ name: 'Desks', discountPercent: '5' }],
      discountPercent: '1.5',
    })
    expect(at(data, 'acceptQuote')).toMatchObject({
      quote: { status: 'ACCEPTED' },
      opportunity: { status: 'WON' },
      userErrors: [],
      order: {
        number: 'O-00001',
        status: 'CREATED',
        orderedOn: '2026-03-01',
        orderedBy: 'Ada Lovelace',
        quoteVersionNumber: 1,
        account: { name: 'Acme' },
        subtotal: { amount: '990.00' },
        discount: { amount: '50.31' },
        tax: { amount: '178.54' },
        total: { amount: '1118.23', currency: 'EUR' },
        lines: {
          nodes: [
            { position: 1, name: 'Desk', sku: 'D-1', groupName: 'Desks', unit: 'piece', net: { amount: '673.74' } },
            { position: 2, name: 'Chair', sku: 'C-1', groupName: null, quantity: '3.00', net: { amount: '265.95' } },
          ],
        },
      },
    })
  })

  it('numbers orders without gaps, also those of quotes that are accepted at the same time', async () => {
    const before = await lastNumber()
    await Promise.all([1, 2, 3, 4].map(() => accept()))
    expect(await lastNumber()).toBe(before + 4)
    const data = await app.as('admin').must('{ orders(first: 100, orderBy: [{ number: ASC }]) { nodes { number } } }')
    const numbers = listAt(data, 'orders.nodes').map((order) => Number(textAt(order, 'number').slice(2)))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })
})

async function lastNumber(): Promise<number> {
  const data = await app.as('admin').must('{ orders(first: 1, orderBy: [{ number: DESC }]) { nodes { number } } }')
  return Number(textAt(data, 'orders.nodes.0.number').slice(2))
}

describe('an order', () => {
  it('changes its state by the steps of its states only, in any sequence', async () => {
    const steps = fc.array(fc.constantFrom<OrderStep>('confirmOrder', 'fulfillOrder', 'cancelOrder'), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        let { id, version } = await addOrder()
        let expected: OrderStatus = 'CREATED'
        for (const step of sequence) {
          const { from, to } = ORDER_STEPS[step]
          const isPossible = from.includes(expected)
          const taken = await take(step, { id, version })
          expect(taken.codes).toEqual(isPossible ? [] : ['RULE_VIOLATION'])
          if (isPossible) expected = to
          version = taken.version
          const data = await app.as('admin').must('query ($id: ID!) { order(id: $id) { status } }', { id })
          expect(at(data, 'order.status')).toBe(expected)
        }
      }),
      { numRuns: 8 },
    )
  })

  it('takes one of two steps at once', async () => {
    const order = await addOrder()
    const taken = await Promise.all([take('confirmOrder', order), take('cancelOrder', order)])
    expect(taken.map(({ codes }) => codes).toSorted()).toEqual([[], ['STALE_VERSION']])
  })

  it('needs a reason to be cancelled', async () => {
    const { id, version } = await addOrder()
    const data = await app
      .as('admin')
      .must('mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { userErrors { code path } } }', {
        input: { id, version, reason: ' ' },
      })
    expect(at(data, 'cancelOrder.userErrors')).toEqual([{ code: 'INVALID', path: ['input', 'reason'] }])
  })

  it('has lines and amounts that even the role of the server can’t change', async () => {
    await addOrder()
    const { app: pool } = app.database
    for (const statement of [
      'update orders set total = 0',
      'update order_lines set quantity = 0',
      'delete from orders',
      'delete from order_lines',
    ])
      await expect(pool.query(statement)).rejects.toThrow('permission denied')
  })

  it('counts in what was sold by product', async () => {
    const data = await app
      .as('admin')
      .must(
        '{ orderLineAggregate(groupBy: [PRODUCT]) { groups { key { product { name } } sum { net { amount } quantity } } } }',
      )
    const groups = listAt(data, 'orderLineAggregate.groups')
    expect(groups.map((group) => at(group, 'key.product.name'))).toEqual(expect.arrayContaining(['Desk', 'Chair']))
  })

  it('is read with a fixed number of statements', async () => {
    app.resetStatements()
    await app.as('admin').must(`{ orders(first: 5) { nodes { ${ORDER} } } }`)
    expect(app.statements.filter((text) => text.trimStart().startsWith('select')).length).toBe(1)
  })
})
