import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { act, defaultPipeline, lossReason, type TestPipeline } from '../opportunities/deals.ts'

const DAY = 86_400_000
const BEGIN = Date.parse('2026-01-01T08:00:00Z')

let clock = BEGIN
let app: TestApp
let sales: TestPipeline
const admin = () => app.as('admin')

const PROJECTION = `query ($period: FiscalPeriodInput!, $asOf: DateTime, $ownerId: ID) {
  forecast(period: $period, asOf: $asOf, ownerId: $ownerId) {
    closed { amount }
    projection { expected { amount currency } low { amount } high { amount } method backTestError backTest { from expected { amount } actual { amount } } }
  }
}`

/** Creates deals of 1,000 dollars in two stages, and returns their ids. */
async function createDeals(count: number): Promise<string[]> {
  const records = Array.from({ length: count }, (_, index) => ({
    name: 'Deal',
    stageId: sales.stages[index % 2 === 0 ? 'Qualification' : 'Proposal'],
    amount: { amount: '1000', currency: 'USD' },
    closesOn: '2026-12-31',
  }))
  const data = await admin().must(
    'mutation ($input: CreateOpportunitiesInput!) { createOpportunities(input: $input) { results { opportunity { id } } } }',
    { input: { records } },
  )
  return listAt(data, 'createOpportunities.results').map((result) => textAt(result, 'opportunity.id'))
}

const ask = async (client: TestClient, variables: object) => at(await client.must(PROJECTION, variables), 'forecast')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
  sales = await defaultPipeline(admin())
  const lossReasonId = await lossReason(admin())
  // Each ten days four deals begin. Three weeks later two of them are won, and one is lost.
  const begun: string[][] = []
  for (let round = 0; round < 20; round++) {
    clock = BEGIN + round * 10 * DAY
    begun.push(await createDeals(4))
    const [one, two, three] = begun[round - 2] ?? []
    for (const id of [one, two]) if (id) await act(admin(), 'closeOpportunity', { id, version: 1, outcome: 'WON' })
    if (three) await act(admin(), 'closeOpportunity', { id: three, version: 1, outcome: 'LOST', lossReasonId })
  }
}, 120_000)
afterAll(() => app.close())

it('a projection is what is won and what the history makes likely, in an interval, with its error in past periods', async () => {
  const forecast = await ask(admin(), { period: { year: 2026, month: 7 } })
  const closed = Number(textAt(forecast, 'closed.amount'))
  const [low, expected, high] = ['low', 'expected', 'high'].map((name) =>
    Number(textAt(forecast, `projection.${name}.amount`)),
  )
  expect(closed).toBe(2000)
  expect(low).toBeGreaterThanOrEqual(closed)
  expect(expected).toBeGreaterThan(low ?? 0)
  expect(high).toBeGreaterThan(expected ?? 0)
  // Some two deals are won in ten days.
  expect(expected).toBeLessThan(9000)
  expect(at(forecast, 'projection.method')).toMatch(/from 54 decided deals/)
  expect(at(forecast, 'projection.backTestError')).toBeLessThan(1)
  const trials = listAt(forecast, 'projection.backTest')
  expect(trials.map((trial) => textAt(trial, 'from'))).toEqual(['2026-05-01', '2026-06-01'])
  expect(textAt(trials[1], 'actual.amount')).toBe('6000.00')
  expect(await ask(admin(), { period: { year: 2026, month: 7 } })).toEqual(forecast)
})

it('a projection as of a past day knows nothing of what happened later', async () => {
  const asOf = '2026-07-01T00:00:00Z'
  const variables = { period: { year: 2026, month: 7 }, asOf }
  const before = await ask(admin(), variables)
  const [id = ''] = await createDeals(1)
  clock += DAY
  await act(admin(), 'closeOpportunity', { id, version: 1, outcome: 'WON' })
  expect(await ask(admin(), variables)).toEqual(before)
})

it('a projection of a period that is over is what was won', async () => {
  const forecast = await ask(admin(), { period: { year: 2026, month: 6 } })
  for (const name of ['expected', 'low', 'high']) expect(textAt(forecast, `projection.${name}.amount`)).toBe('6000.00')
})

it('without enough history that the caller sees there is no projection, and the method says why', async () => {
  const seller = await userWho(app, ['opportunity:read@own', 'user:read'])
  const forecast = await ask(seller, { period: { year: 2026 }, ownerId: encodeId('user', seller.actor.id) })
  expect(at(forecast, 'projection')).toMatchObject({
    expected: null,
    low: null,
    high: null,
    backTestError: null,
    backTest: [],
  })
  expect(at(forecast, 'projection.method')).toMatch(/^Not projected: the history is too short/)
})

it('the history is read only where the projection is selected, by one statement', async () => {
  const read = async (document: string) => {
    app.resetStatements()
    await admin().must(document, { period: { year: 2026 } })
    return app.statements.filter((text) => /opportunity_periods/.test(text)).length
  }
  expect(await read('query ($period: FiscalPeriodInput!) { forecast(period: $period) { count } }')).toBe(1)
  expect(
    await read('query ($period: FiscalPeriodInput!) { forecast(period: $period) { alias: projection { method } } }'),
  ).toBe(2)
})
