import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  BoardDocument,
  CloseOpportunityDocument,
  CreateOpportunityDocument,
  CreatePriceBookEntryDocument,
  CreateProductDocument,
  ForecastDocument,
  LossReasonsDocument,
  MoveOpportunityDocument,
  PipelinesDocument,
  PriceBooksDocument,
  PriceDocument,
  RecommendDocument,
  ViewerDocument,
  WonByDocument,
  WonByMonthDocument,
} from '../../generated/graphql/graphql.ts'
import { addSelling, type Selling } from '../modules/quotes/selling.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addAccount, addRecord } from '../support/records.ts'

/** Runs the operations of sell.graphql on deals, products and forecasts: each does what its comment says. */
let app: TestApp
let selling: Selling
let pipelineId = ''
let stageIds: ReadonlyMap<string, string>

beforeAll(async () => {
  app = await createTestApp()
  const { viewer } = await app.as('admin').must(ViewerDocument)
  await app
    .as('admin')
    .must(
      'mutation ($id: ID!) { updateWorkspace(input: { id: $id, version: 1, defaultCurrency: "EUR" }) { userErrors { code } } }',
      {
        id: viewer.workspace?.id,
      },
    )
  selling = await addSelling(app)
  const { pipelines } = await app.as('member').must(PipelinesDocument, {})
  const pipeline = pipelines.nodes.find(({ isDefault }) => isDefault)
  pipelineId = pipeline?.id ?? ''
  stageIds = new Map(pipeline?.stages.map(({ name, id }) => [name, id]))
})
afterAll(() => app.close())

const euros = (amount: string) => ({ amount, currency: 'EUR' })

async function addDeal(input: { readonly name: string; readonly [field: string]: unknown }) {
  const { createOpportunity } = await app.as('member').must(CreateOpportunityDocument, { input })
  expect(createOpportunity.userErrors).toEqual([])
  if (!createOpportunity.opportunity) throw new Error('The deal was not created.')
  return createOpportunity.opportunity
}

describe('the GraphQL operations on deals in sell.graphql', () => {
  it('CreateOpportunity takes lines and contacts, and the amount is the sum of the lines', async () => {
    const deal = await addDeal({
      name: 'With lines',
      accountId: selling.account.id,
      closesOn: '2027-03-31',
      lines: [
        { productId: selling.desk.id, quantity: '2' },
        { productId: selling.chair.id, quantity: '1', unitPrice: euros('80') },
      ],
      contacts: [{ contactId: selling.contact.id, role: 'DECISION_MAKER', isPrimary: true }],
    })
    expect(deal).toMatchObject({
      version: 1,
      stage: { name: 'Qualification', kind: 'OPEN' },
      amount: euros('880.00'),
      weightedAmount: { amount: '88.00' },
      probability: 10,
      closesOn: '2027-03-31',
    })
  })

  it('Board has the stages with their sums and cards', async () => {
    const { id } = await addDeal({ name: 'Card', amount: euros('120'), stageId: stageIds.get('Proposal') })
    const { pipeline } = await app.as('member').must(BoardDocument, { pipelineId })
    expect(pipeline?.stages.map(({ name }) => name)).toEqual([...stageIds.keys()])
    const proposal = pipeline?.stages.find(({ name }) => name === 'Proposal')
    expect(proposal).toMatchObject({
      kind: 'OPEN',
      probability: 50,
      summary: { count: 1, amount: euros('120.00'), weightedAmount: euros('60.00') },
      opportunities: { nodes: [{ id, name: 'Card', owner: { displayName: 'Member' } }] },
    })
    expect(proposal?.opportunities.nodes[0]?.attention).toContainEqual({
      code: 'NO_NEXT_STEP',
      reason: expect.any(String),
      suggestion: expect.any(String),
    })
  })

  it('MoveOpportunity moves the card, and its history has the stage that it left', async () => {
    const { id, version } = await addDeal({ name: 'Moves' })
    const { moveOpportunity } = await app.as('member').must(MoveOpportunityDocument, {
      input: { id, version, stageId: stageIds.get('Proposal') ?? '' },
    })
    expect(moveOpportunity.userErrors).toEqual([])
    expect(moveOpportunity.opportunity).toMatchObject({
      id,
      version: 2,
      stage: { name: 'Proposal' },
      stageHistory: { nodes: [{ stage: { name: 'Proposal' }, leftAt: null }, { stage: { name: 'Qualification' } }] },
    })
  })

  it('CloseOpportunity closes a deal as won, and as lost with a reason', async () => {
    const won = await addDeal({ name: 'Won', amount: euros('500') })
    const { closeOpportunity } = await app.as('member').must(CloseOpportunityDocument, {
      input: { id: won.id, version: won.version, outcome: 'WON' },
    })
    expect(closeOpportunity).toMatchObject({
      opportunity: { id: won.id, version: 2, status: 'WON', closedAt: expect.any(String), lossReason: null },
      userErrors: [],
    })
    const { lossReasons } = await app.as('member').must(LossReasonsDocument, {})
    const lost = await addDeal({ name: 'Lost' })
    const closed = await app.as('member').must(CloseOpportunityDocument, {
      input: {
        id: lost.id,
        version: lost.version,
        outcome: 'LOST',
        lossReasonId: lossReasons.nodes[0]?.id,
        comment: 'Too late.',
      },
    })
    expect(closed.closeOpportunity).toMatchObject({
      opportunity: { status: 'LOST', lossReason: { name: lossReasons.nodes[0]?.name } },
      userErrors: [],
    })
  })

  it('WonBy and WonByMonth add up what the owners have won', async () => {
    const filter = { status: { equals: 'WON' as const } }
    const { opportunityAggregate } = await app.as('member').must(WonByDocument, { filter })
    expect(opportunityAggregate).toEqual({
      groups: [{ key: { owner: { displayName: 'Member' } }, count: 1, sum: { amount: euros('500.00') } }],
    })
    const byMonth = await app.as('member').must(WonByMonthDocument, {})
    expect(byMonth.opportunityAggregate).toMatchObject({
      groups: [
        {
          key: { closedOnMonth: expect.stringMatching(/^\d{4}-\d\d-01$/), owner: { displayName: 'Member' } },
          count: 1,
          sum: { amount: euros('500.00') },
          avg: { amount: { amount: expect.stringMatching(/^500\.0+$/) } },
        },
      ],
    })
  })

  it('Forecast has what is closed in a period and what is open, by owner too', async () => {
    const { id } = await addDeal({ name: 'Next year', amount: euros('1000'), closesOn: '2031-02-10' })
    expect(id).toBeTruthy()
    const period = { year: 2031, quarter: 1 }
    const { forecast } = await app.as('admin').must(ForecastDocument, { period })
    expect(forecast).toMatchObject({
      closed: { amount: '0.00' },
      commit: { amount: '0.00' },
      bestCase: { amount: '0.00' },
      pipeline: { amount: '1000.00' },
      weighted: { amount: '100.00' },
      byOwner: [{ owner: { displayName: 'Member' }, weighted: { amount: '100.00' }, closed: { amount: '0.00' } }],
    })
  })
})

describe('the GraphQL operations on products in sell.graphql', () => {
  it('CreateProduct and CreatePriceBookEntry make a product with a price, which Price explains', async () => {
    const admin = app.as('admin')
    const { createProduct } = await admin.must(CreateProductDocument, {
      input: { name: 'Lamp', sku: 'L-1', family: 'Office', isActive: true, description: 'Light.' },
    })
    expect(createProduct).toMatchObject({
      product: { version: 1, name: 'Lamp', sku: 'L-1', family: 'Office' },
      userErrors: [],
    })
    const { priceBooks } = await admin.must(PriceBooksDocument, {})
    expect(priceBooks.nodes).toEqual([{ id: expect.any(String), name: 'List', currency: 'EUR', isDefault: true }])
    const productId = createProduct.product?.id ?? ''
    const { createPriceBookEntry } = await admin.must(CreatePriceBookEntryDocument, {
      input: {
        productId,
        priceBookId: priceBooks.nodes[0]?.id ?? '',
        unitPrice: euros('45'),
        minimumQuantity: '10',
        validFrom: '2020-01-01',
        validTo: '2035-12-31',
      },
    })
    expect(createPriceBookEntry).toMatchObject({
      priceBookEntry: { unitPrice: euros('45.00') },
      userErrors: [],
    })
    const { priceFor } = await admin.must(PriceDocument, { productId, quantity: '12' })
    expect(priceFor?.unitPrice).toEqual(euros('45.00'))
    expect(priceFor?.steps).toContainEqual({
      description: expect.any(String),
      amount: euros('45.00'),
      source: { __typename: 'PriceBookEntry', id: expect.any(String) },
    })
  })

  it('Recommend names what similar accounts bought, with reasons', async () => {
    const lines = [
      { productId: selling.desk.id, quantity: '1' },
      { productId: selling.chair.id, quantity: '1' },
    ]
    await winDeal('One', lines)
    await winDeal('Two', lines)
    const shelf = await addRecord(app.as('admin'), 'Product', { name: 'Shelf', sku: 'S-1' })
    await winDeal('Four', [{ productId: shelf.id, quantity: '1', unitPrice: euros('30') }])
    const accountId = await winDeal('Three', lines.slice(0, 1))
    const { recommendProducts } = await app.as('member').must(RecommendDocument, { accountId })
    expect(recommendProducts).toEqual([
      {
        product: { id: selling.chair.id, name: 'Chair' },
        score: expect.anything(),
        reasons: expect.arrayContaining([expect.any(String)]),
      },
    ])
  })
})

/** Wins a deal with a new account, and returns the id of the account. */
async function winDeal(name: string, lines: readonly object[]): Promise<string> {
  const account = await addAccount(app.as('member'), { name })
  const { id, version } = await addDeal({ name, accountId: account.id, lines })
  await app.as('member').must(CloseOpportunityDocument, { input: { id, version, outcome: 'WON' } })
  return account.id
}
