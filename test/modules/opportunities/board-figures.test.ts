import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, errorCodes, listAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, type Made } from '../../support/records.ts'
import { addDeal } from './deals.ts'

const DAY = 86_400_000
const START = Date.parse('2026-03-01T12:00:00Z')
let clock = START
let app: TestApp
const member = () => app.as('member')
const boss = () => app.as('admin')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
})
afterAll(() => app.close())

describe('sums of a stage in several currencies', () => {
  const SUMMARY = `query ($id: ID!, $to: CurrencyCode, $on: Date) {
    pipeline(id: $id) { stages { summary { count amount(convertTo: $to, on: $on) { amount currency } weightedAmount(convertTo: $to, on: $on) { amount currency } } } }
  }`
  let pipeline: Made
  const summary = async (variables: object, client: Pick<TestClient, 'must'> = member()) =>
    at(listAt(await client.must(SUMMARY, { id: pipeline.id, ...variables }), 'pipeline.stages')[0], 'summary')

  beforeAll(async () => {
    pipeline = await addRecord(boss(), 'Pipeline', { name: 'Converted' })
    const stage = await addRecord(boss(), 'Stage', { pipelineId: pipeline.id, name: 'Ideas', probability: 50 })
    const rate = (validFrom: string, value: string) =>
      addRecord(boss(), 'ExchangeRate', { baseCurrency: 'EUR', currency: 'USD', rate: value, validFrom })
    await rate('2026-01-01', '2')
    await rate('2026-02-01', '3')
    for (const [amount, currency] of [
      ['10.01', 'EUR'],
      ['5', 'USD'],
    ] as const)
      await addDeal(member(), { stageId: stage.id, amount: { amount, currency } })
  })

  it('are converted at the rates of today, or of the day that is asked for', async () => {
    // 10.01 × 3 + 5, and half of it; 10.01 × 2 + 5.
    expect(await summary({ to: 'USD' })).toEqual({
      count: 2,
      amount: { amount: '35.03', currency: 'USD' },
      weightedAmount: { amount: '17.52', currency: 'USD' },
    })
    expect(at(await summary({ to: 'USD', on: '2026-01-15' }), 'amount.amount')).toBe('25.02')
  })

  it('are null without a rate, and for who may not read the amounts', async () => {
    expect(await summary({ to: 'USD', on: '2025-12-31' })).toEqual({ count: 2, amount: null, weightedAmount: null })
    const reader = await userWho(app, ['pipeline:read', 'stage:read', 'opportunity.name:read'])
    expect(await summary({ to: 'USD' }, reader)).toEqual({ count: 2, amount: null, weightedAmount: null })
  })
})

it('a pipeline says after how many days its deals are idle', async () => {
  const idle = async (idleDays: number) => {
    const pipeline = await addRecord(boss(), 'Pipeline', { name: `Idle after ${idleDays}`, idleDays })
    const stage = await addRecord(boss(), 'Stage', { pipelineId: pipeline.id, name: 'Open', probability: 10 })
    return addDeal(member(), { stageId: stage.id, nextStep: 'Call' })
  }
  const deals = [await idle(3), await idle(30)]
  const codes = async () => {
    const data = await member().must(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Opportunity { attention { code suggestion } } } }',
      {
        ids: deals.map(({ id }) => id),
      },
    )
    return listAt(data, 'nodes').map((node) => listAt(node, 'attention').map((each) => at(each, 'code')))
  }
  expect(await codes()).toEqual([[], []])
  clock += 3 * DAY
  expect(await codes()).toEqual([['IDLE'], []])
  clock += 27 * DAY
  expect(await codes()).toEqual([['IDLE'], ['IDLE']])
  clock = START
  const { errors, data } = await boss().query(
    'mutation { createPipeline(input: { name: "Never", idleDays: 0 }) { userErrors { code path } } }',
  )
  expect([errors, at(data, 'createPipeline.userErrors')]).toEqual([
    [],
    [{ code: 'INVALID', path: ['input', 'idleDays'] }],
  ])
})

describe('the profile of a pipeline', () => {
  const PROFILE = `query ($pipelineId: ID, $from: Date!, $to: Date!, $interval: PipelineInterval, $status: OpportunityStatus) {
    pipelineProfile(pipelineId: $pipelineId, from: $from, to: $to, interval: $interval, status: $status) {
      family startsOn opportunityCount quantity totals { amount currency } weightedTotals { amount currency }
    }
  }`
  const FAMILIES = ['Chairs', 'Desks', null] as const
  const products = new Map<string | null, string>()
  beforeAll(async () => {
    for (const family of FAMILIES) {
      const { id } = await addRecord(boss(), 'Product', { name: `${family}`, sku: `${family}`, family })
      products.set(family, id)
    }
  })
  const ask = async (variables: object, client: Pick<TestClient, 'must'> = member()) =>
    listAt(await client.must(PROFILE, variables), 'pipelineProfile')

  it('has for each family and month what adding up the lines by hand gives', async () => {
    const line = fc.record({
      family: fc.constantFrom(...FAMILIES),
      cents: fc.integer({ min: 0, max: 10_000 }),
      quantity: fc.integer({ min: 1, max: 9 }),
    })
    const deal = fc.record({
      month: fc.integer({ min: 1, max: 12 }),
      currency: fc.constantFrom('EUR', 'USD'),
      lines: fc.array(line, { minLength: 1, maxLength: 3 }),
    })
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(deal, { minLength: 1, maxLength: 6 }), async (deals) => {
        const pipeline = await addRecord(boss(), 'Pipeline', { name: `Profile ${++number}` })
        const stage = await addRecord(boss(), 'Stage', { pipelineId: pipeline.id, name: 'Open', probability: 30 })
        const records = deals.map(({ month, currency, lines }) => ({
          name: 'Deal',
          stageId: stage.id,
          closesOn: `2026-${String(month).padStart(2, '0')}-15`,
          lines: lines.map(({ family, cents, quantity }) => ({
            productId: products.get(family),
            quantity: String(quantity),
            unitPrice: { amount: (cents / 100).toFixed(2), currency },
          })),
        }))
        await member().must(
          'mutation ($input: CreateOpportunitiesInput!) { createOpportunities(input: $input) { results { userErrors { message } } } }',
          { input: { records } },
        )
        for (const [interval, months] of [
          ['MONTH', 1],
          ['QUARTER', 3],
        ] as const) {
          const rows = await ask({ pipelineId: pipeline.id, from: '2026-01-01', to: '2026-12-31', interval })
          expect(rows.map(flat)).toEqual(byHand(deals, months))
        }
      }),
      { numRuns: 8 },
    )
  })

  /** Amounts in cents, by currency. */
  const flat = (row: unknown) => ({
    family: at(row, 'family'),
    startsOn: at(row, 'startsOn'),
    opportunityCount: at(row, 'opportunityCount'),
    quantity: Number(at(row, 'quantity')),
    cents: Object.fromEntries(
      listAt(row, 'totals').map((total) => [at(total, 'currency'), Math.round(Number(at(total, 'amount')) * 100)]),
    ),
  })

  interface Deal {
    readonly month: number
    readonly currency: string
    readonly lines: readonly { readonly family: string | null; readonly cents: number; readonly quantity: number }[]
  }
  function byHand(deals: readonly Deal[], months: number) {
    const rows = new Map<string, { deals: Set<Deal>; quantity: number; cents: Record<string, number> }>()
    for (const deal of deals)
      for (const { family, cents, quantity } of deal.lines) {
        const first = deal.month - ((deal.month - 1) % months)
        // `~` comes after all families: rows without one are last.
        const key = `2026-${String(first).padStart(2, '0')}-01 ${family ?? '~'}`
        const row = rows.get(key) ?? { deals: new Set(), quantity: 0, cents: {} }
        rows.set(key, row)
        row.deals.add(deal)
        row.quantity += quantity
        row.cents[deal.currency] = (row.cents[deal.currency] ?? 0) + cents * quantity
      }
    return [...rows]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, row]) => ({
        family: key.endsWith('~') ? null : key.slice(11),
        startsOn: key.slice(0, 10),
        opportunityCount: row.deals.size,
        quantity: row.quantity,
        cents: row.cents,
      }))
  }

  it('weights totals by the probability, and counts what the caller sees only, in one statement', async () => {
    const pipeline = await addRecord(boss(), 'Pipeline', { name: 'Weighted' })
    const stage = await addRecord(boss(), 'Stage', { pipelineId: pipeline.id, name: 'Open', probability: 25 })
    const lines = [{ productId: products.get('Desks'), quantity: '1.5', unitPrice: { amount: '10', currency: 'USD' } }]
    await addDeal(member(), { stageId: stage.id, closesOn: '2026-05-31', lines })
    const variables = { pipelineId: pipeline.id, from: '2026-05-01', to: '2026-05-31', interval: 'FISCAL_YEAR' }
    app.resetStatements()
    expect(await ask(variables)).toEqual([
      {
        family: 'Desks',
        startsOn: '2026-01-01',
        opportunityCount: 1,
        quantity: '1.50',
        totals: [{ amount: '15.00', currency: 'USD' }],
        weightedTotals: [{ amount: '3.75', currency: 'USD' }],
      },
    ])
    expect(app.statements.filter((text) => /opportunity_lines/.test(text))).toHaveLength(1)
    expect(await ask({ ...variables, status: 'WON' })).toEqual([])
    const noProducts = await userWho(app, ['opportunity:read', 'product.family:read@own'])
    expect((await ask(variables, noProducts)).map((row) => at(row, 'family'))).toEqual([null])
    const own = await userWho(app, ['opportunity:read@own', 'product:read'])
    expect(await ask(variables, own)).toEqual([])
    const noLines = await userWho(app, ['opportunity.closesOn:read', 'product:read'])
    expect(errorCodes(await noLines.query(PROFILE, variables))).toEqual(['FORBIDDEN'])
    for (const wrong of [{ from: '2026-06-01' }, { to: '2037-01-01' }])
      expect(errorCodes(await member().query(PROFILE, { ...variables, ...wrong }))).toEqual(['BAD_USER_INPUT'])
  })
})
