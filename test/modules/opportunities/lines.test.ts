import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { addDeal, operation } from './deals.ts'
import {
  addPricedProducts,
  CREATE_DEAL,
  createDeal,
  DEAL_FIELDS,
  dollars,
  type Input,
  type PricedProducts,
  totalsOf,
  updateDeal,
} from './priced-products.ts'

let app: TestApp
let made: PricedProducts
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addPricedProducts(app)
})
afterAll(() => app.close())

const create = (input: Input, client: Pick<TestClient, 'must'> = member()) => createDeal(client, input)
const update = (deal: unknown, input: Input) => updateDeal(member(), deal, input)
const errorsOf = (payload: unknown) =>
  listAt(payload, 'userErrors').map((error) => [at(error, 'code'), at(error, 'path')])

describe('lines of an opportunity', () => {
  it('are created by the operation of front-ends, with the prices of the price book of the account', async () => {
    const input = {
      name: 'Chairs',
      accountId: made.account.id,
      amount: dollars('1'),
      closesOn: '2026-06-30',
      lines: [
        { productId: made.chair.id, quantity: '3' },
        { productId: made.desk.id, quantity: '2.5', unitPrice: dollars('99.99') },
      ],
    }
    const payload = at(await member().must(operation('CreateOpportunity'), { input }), 'createOpportunity')
    expect(errorsOf(payload)).toEqual([])
    // 3 × 80.50 + 2.5 × 99.99 = 241.50 + 249.975, each rounded.
    expect(at(payload, 'opportunity')).toMatchObject({
      amount: dollars('491.48'),
      weightedAmount: { amount: '49.148' },
    })
  })

  it('have a unit price by quantity, discounts, and a total that is rounded half away from zero', async () => {
    const lines = [
      { productId: made.chair.id, quantity: '10', discountPercent: '12.5', description: ' Oak ' },
      { productId: made.desk.id, quantity: '1', discountPercent: '50', discount: dollars('0.10') },
    ]
    const deal = at(await create({ lines }), 'opportunity')
    expect(at(deal, 'amount')).toEqual(dollars('954.07'))
    expect(at(deal, 'lines')).toEqual([
      {
        position: 0,
        quantity: '10.00',
        discountPercent: '12.50',
        description: 'Oak',
        product: { name: 'Chair' },
        unitPrice: dollars('90.00'),
        discount: null,
        total: dollars('787.50'),
      },
      {
        position: 1,
        quantity: '1.00',
        discountPercent: '50.00',
        description: null,
        product: { name: 'Desk' },
        unitPrice: dollars('333.33'),
        discount: { amount: '0.10' },
        total: dollars('166.57'),
      },
    ])
  })

  it('have the currency of the amount that is sent with them, and totals in whole units of it', async () => {
    const lines = [{ productId: made.yen.id, quantity: '3' }]
    const deal = at(await create({ amount: { amount: '0', currency: 'JPY' }, lines }), 'opportunity')
    // 3 × 99.5 = 298.5
    expect(at(deal, 'amount')).toEqual({ amount: '299.00', currency: 'JPY' })
  })

  it('replace the stored lines and the amount in an update, and leave the amount when they are removed', async () => {
    const first = at(await create({ lines: [{ productId: made.chair.id, quantity: '1' }] }), 'opportunity')
    const lines = [
      { productId: made.desk.id, quantity: '1' },
      { productId: made.chair.id, quantity: '2' },
    ]
    const second = at(await update(first, { lines, amount: dollars('7') }), 'opportunity')
    expect([at(second, 'amount'), totalsOf(second)]).toEqual([dollars('533.33'), ['333.33', '200.00']])
    const third = at(await update(second, { lines: [] }), 'opportunity')
    expect([at(third, 'amount'), totalsOf(third)]).toEqual([dollars('533.33'), []])
    expect(at(await update(third, { amount: dollars('1') }), 'opportunity.amount')).toEqual(dollars('1.00'))
  })

  it('decide on the amount: another one that is sent alone is refused and changes nothing', async () => {
    const deal = at(await create({ lines: [{ productId: made.chair.id, quantity: '1' }] }), 'opportunity')
    for (const amount of [dollars('5'), { amount: '100', currency: 'EUR' }, null])
      expect(errorsOf(await update(deal, { amount }))).toEqual([['RULE_VIOLATION', ['input', 'amount']]])
    const same = await update(deal, { amount: dollars('100.0'), nextStep: 'Call' })
    expect([errorsOf(same), at(same, 'opportunity.amount')]).toEqual([[], dollars('100.00')])
  })

  it('give the amount that a stage requires', async () => {
    const stage = { name: 'With amount', requiredFields: ['amount'] }
    const pipeline = await addRecord(app.as('admin'), 'Pipeline', { name: 'Required' })
    const { id } = await addRecord(app.as('admin'), 'Stage', { ...stage, pipelineId: pipeline.id })
    expect(errorsOf(await create({ stageId: id }))).toEqual([['RULE_VIOLATION', ['input', 'amount']]])
    expect(errorsOf(await create({ stageId: id, lines: [{ productId: made.chair.id, quantity: '1' }] }))).toEqual([])
  })

  it('are refused with the place of each mistake, and nothing is written', async () => {
    const chair = { productId: made.chair.id, quantity: '1' }
    const at0 = (...field: string[]) => ['input', 'lines', '0', ...field]
    const refused: readonly (readonly [readonly Input[], readonly string[]])[] = [
      [[{ ...chair, quantity: '0' }], at0('quantity')],
      [[{ ...chair, quantity: '-1' }], at0('quantity')],
      [[{ ...chair, quantity: '0.00001' }], at0('quantity')],
      [[{ ...chair, unitPrice: dollars('-1') }], at0('unitPrice', 'amount')],
      [[{ ...chair, discountPercent: '100.0001' }], at0('discountPercent')],
      [[{ ...chair, discountPercent: '-1' }], at0('discountPercent')],
      [[{ ...chair, discount: dollars('100.01') }], at0('discount', 'amount')],
      [[{ ...chair, discount: { amount: '1', currency: 'EUR' } }], at0('discount', 'currency')],
      [[{ ...chair, quantity: '9999999999999999' }], at0('quantity')],
      [[{ productId: made.yen.id, quantity: '1' }], at0('unitPrice')],
      [[{ productId: made.account.id, quantity: '1' }], at0('productId')],
      [
        [
          { ...chair, unitPrice: dollars('1') },
          { ...chair, unitPrice: { amount: '1', currency: 'EUR' } },
        ],
        ['input', 'lines', '1', 'unitPrice', 'currency'],
      ],
      [Array.from({ length: 201 }, () => chair), ['input', 'lines']],
    ]
    const before = await dealCount()
    for (const [lines, path] of refused) {
      const payload = await create({ lines })
      expect([at(payload, 'opportunity'), listAt(payload, 'userErrors').map((error) => at(error, 'path'))]).toEqual([
        null,
        [path],
      ])
    }
    const noPrice = await create({ lines: [{ productId: made.yen.id, quantity: '1' }] })
    expect(at(listAt(noPrice, 'userErrors')[0], 'message')).toBe(
      'There is no price of the product: send one. Default price book List has no price of the product.',
    )
    expect(await dealCount()).toBe(before)
  })

  it('cost one statement for all of their prices, and one to read them', async () => {
    const lines = ['chair', 'desk', 'chair'].map(() => ({ productId: made.chair.id, quantity: '1' }))
    app.resetStatements()
    const deal = at(await create({ lines }), 'opportunity')
    expect(app.statements.filter((text) => /price_book_entries/.test(text))).toHaveLength(1)
    expect(app.statements.filter((text) => /insert into "opportunity_lines"/.test(text))).toHaveLength(1)
    app.resetStatements()
    await member().must(`query ($id: ID!) { opportunity(id: $id) { ${DEAL_FIELDS} } }`, { id: at(deal, 'id') })
    expect(app.statements.filter((text) => /opportunity_lines/.test(text))).toHaveLength(1)
  })

  it('keep a product from being deleted', async () => {
    const product = await addRecord(app.as('admin'), 'Product', { name: 'Lamp', sku: 'lamp' })
    await create({ lines: [{ productId: product.id, quantity: '1', unitPrice: dollars('1') }] })
    const data = await app
      .as('admin')
      .must('mutation ($input: DeleteProductInput!) { deleteProduct(input: $input) { userErrors { code message } } }', {
        input: product,
      })
    expect(at(data, 'deleteProduct.userErrors')).toEqual([
      { code: 'INVALID', message: expect.stringContaining('in use by Opportunity.lines') },
    ])
  })

  it('are one list where two updates are sent at once: the second is stale', async () => {
    const deal = at(await create({ lines: [{ productId: made.chair.id, quantity: '1' }] }), 'opportunity')
    const payloads = await Promise.all(
      ['2', '3'].map((quantity) => update(deal, { lines: [{ productId: made.chair.id, quantity }] })),
    )
    const [won] = payloads.flatMap((payload) => at(payload, 'opportunity') ?? [])
    expect(
      payloads.flatMap((payload) => listAt(payload, 'userErrors').map((error) => at(error, '__typename'))),
    ).toEqual(['StaleVersionError'])
    expect(totalsOf(won)).toEqual([at(won, 'amount.amount')])
  })
})

describe('permissions', () => {
  const base = ['opportunity:read', 'opportunity:create', 'product:read'] as const

  it('a price is looked up only for who may read prices; a price that is sent needs nothing', async () => {
    const seller = await userWho(app, [...base])
    const input = { name: 'Deal', lines: [{ productId: made.chair.id, quantity: '1' }] }
    const { errors } = await seller.query(CREATE_DEAL, { input })
    expect(errorCodes({ errors })).toEqual(['FORBIDDEN'])
    const priced = await create(
      { lines: [{ productId: made.chair.id, quantity: '1', unitPrice: dollars('3') }] },
      seller,
    )
    expect(at(priced, 'opportunity.amount')).toEqual(dollars('3.00'))
  })

  it('a hidden product looks like a missing one, and a price book that the caller can not see has no price', async () => {
    const blind = await userWho(app, ['opportunity:read', 'opportunity:create'])
    const line = { quantity: '1', unitPrice: dollars('1') }
    const hidden = await create({ lines: [{ ...line, productId: made.chair.id }] }, blind)
    const missing = await create({ lines: [{ ...line, productId: made.chair.id.replace(/.{6}$/, '000000') }] }, blind)
    expect(hidden).toEqual(missing)
    expect(errorsOf(hidden)).toEqual([['NOT_FOUND', ['input', 'lines', '0', 'productId']]])
  })

  it('lines are a field with a permission of its own', async () => {
    const deal = await addDeal(member(), { lines: [{ productId: made.chair.id, quantity: '1' }] })
    const query = 'query ($id: ID!) { opportunity(id: $id) { name lines { quantity } } }'
    const person = await userWho(app, ['opportunity.name:read'])
    const { data, errors } = await person.query(query, { id: deal.id })
    expect([at(data, 'opportunity'), errorCodes({ errors })]).toEqual([null, ['FORBIDDEN']])
  })
})

async function dealCount(): Promise<unknown> {
  return at(await member().must('{ opportunities(first: 1) { totalCount } }'), 'opportunities.totalCount')
}
