import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord, addTeam } from '../../support/records.ts'
import { addDeal, defaultPipeline, mustAct, type TestPipeline } from '../opportunities/deals.ts'
import { FORECAST, forecastOf } from './forecasts.ts'

let clock = Date.parse('2026-05-04T10:00:00Z')
let app: TestApp
let sales: TestPipeline
const admin = () => app.as('admin')
const PERIOD = { year: 2026, quarter: 2 }
const dollars = (amount: string) => ({ amount, currency: 'USD' })
const userId = (uuid: string) => encodeId('user', uuid)

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
  sales = await defaultPipeline(admin())
})
afterAll(() => app.close())

async function newUser() {
  const user = await userWho(app, ['opportunity:read'])
  return userId(user.actor.id)
}

function deal(ownerId: string, amount: string, stage = 'Proposal', more: object = {}) {
  return addDeal(admin(), {
    ownerId,
    stageId: sales.stages[stage],
    amount: dollars(amount),
    closesOn: '2026-06-30',
    ...more,
  })
}

describe('the figures of a forecast', () => {
  it('are sums by category, with the quota and the adjustments of the owner', async () => {
    const ownerId = await newUser()
    await deal(ownerId, '100', 'Qualification')
    await deal(ownerId, '1000.10')
    await deal(ownerId, '2000', 'Negotiation')
    await deal(ownerId, '9999', 'Negotiation', { closesOn: '2026-07-01' })
    const won = await deal(ownerId, '500', 'Negotiation', { closesOn: '2026-09-01' })
    await mustAct(admin(), 'closeOpportunity', { ...won, outcome: 'WON' })
    for (const month of [4, 5]) await addRecord(admin(), 'Quota', { ownerId, year: 2026, month, amount: dollars('70') })
    await addRecord(admin(), 'Quota', { ownerId, year: 2026, amount: dollars('9000') })
    const adjustment = { ownerId, year: 2026, amount: dollars('-50.5'), reason: 'The customer is late.' }
    await addRecord(admin(), 'ForecastAdjustment', { ...adjustment, quarter: 2 })
    await addRecord(admin(), 'ForecastAdjustment', { ...adjustment, month: 6, amount: dollars('10') })
    await addRecord(admin(), 'ForecastAdjustment', { ...adjustment, quarter: 3 })
    const { total, byOwner } = await forecastOf(admin(), { period: PERIOD, ownerId })
    const figures = {
      count: 4,
      closed: '500.00',
      commit: '2000.00',
      bestCase: '1000.10',
      pipeline: '100.00',
      weighted: '2510.05',
      quota: '140.00',
      adjustment: '-40.50',
    }
    expect(total).toEqual(figures)
    expect(byOwner).toEqual(new Map([[ownerId, figures]]))
    const year = await forecastOf(admin(), { period: { year: 2026 }, ownerId })
    expect(year.total).toMatchObject({ count: 5, quota: '9000.00', adjustment: '-91.00' })
  })

  it('of a past moment have the adjustments of then', async () => {
    const ownerId = await newUser()
    const input = { ownerId, year: 2026, quarter: 2, amount: dollars('10'), reason: 'New budget.' }
    const made = await addRecord(admin(), 'ForecastAdjustment', input)
    const before = clock
    clock += 60_000
    const withdraw =
      'mutation ($input: WithdrawForecastAdjustmentInput!) { withdrawForecastAdjustment(input: $input) { forecastAdjustment { id version withdrawnAt } userErrors { code } } }'
    const done = await admin().must(withdraw, { input: { ...made } })
    expect(at(done, 'withdrawForecastAdjustment.forecastAdjustment.withdrawnAt')).toBe(new Date(clock).toISOString())
    const again = await admin().must(withdraw, { input: { id: made.id, version: 2 } })
    expect(at(again, 'withdrawForecastAdjustment.userErrors.0.code')).toBe('RULE_VIOLATION')
    const now = await forecastOf(admin(), { period: PERIOD, ownerId })
    expect(now.total.adjustment).toBe('0.00')
    const then = await forecastOf(admin(), { period: PERIOD, ownerId, asOf: new Date(before).toISOString() })
    expect(then.total.adjustment).toBe('10.00')
  })

  it('are converted at the rates of the day, and refused without a rate', async () => {
    const ownerId = await newUser()
    await deal(ownerId, '0', 'Negotiation', { amount: { amount: '100', currency: 'EUR' } })
    await deal(ownerId, '1', 'Negotiation')
    const refused = await admin().query(FORECAST, { period: PERIOD, ownerId })
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'NO_EXCHANGE_RATE', currency: 'EUR', convertTo: 'USD', on: '2026-05-04' } },
    ])
    const rate = { baseCurrency: 'EUR', currency: 'USD' }
    await addRecord(admin(), 'ExchangeRate', { ...rate, rate: '1.10005', validFrom: '2026-01-01' })
    await addRecord(admin(), 'ExchangeRate', { ...rate, rate: '1.2', validFrom: '2026-05-05' })
    const { total } = await forecastOf(admin(), { period: PERIOD, ownerId })
    expect(total.commit).toBe('111.01')
    const later = await forecastOf(admin(), { period: PERIOD, ownerId, ratesOn: '2026-05-05' })
    expect(later.total.commit).toBe('121.00')
    const euros = await forecastOf(admin(), { period: PERIOD, ownerId, currency: 'EUR', ratesOn: '2026-05-05' })
    expect(euros.total.commit).toBe('100.83')
    expect(euros.forecast).toMatchObject({
      currency: 'EUR',
      ratesOn: '2026-05-05',
      from: '2026-04-01',
      to: '2026-06-30',
    })
  })

  it('follow the fiscal year of the workspace', async () => {
    const globex = app.as('admin', 'globex')
    const data = await globex.must('{ viewer { workspace { id version } } }')
    await globex.must(
      'mutation ($input: UpdateWorkspaceInput!) { updateWorkspace(input: $input) { userErrors { message } } }',
      {
        input: {
          id: at(data, 'viewer.workspace.id'),
          version: at(data, 'viewer.workspace.version'),
          fiscalYearStartMonth: 4,
        },
      },
    )
    const { forecast } = await forecastOf(globex, { period: { year: 2025, quarter: 4 } })
    expect(forecast).toMatchObject({ from: '2026-01-01', to: '2026-03-31', count: 0 })
  })
})

describe('the people of a forecast', () => {
  it('are the manager and, level by level, the members of the teams that they lead', async () => {
    const [head, lead, member, other] = [await newUser(), await newUser(), await newUser(), await newUser()]
    await addTeam(admin(), { name: 'Heads', members: [{ userId: head, isLead: true }, { userId: lead }] })
    const team = await addTeam(admin(), {
      name: 'North',
      members: [{ userId: lead, isLead: true }, { userId: member }],
    })
    for (const owner of [head, lead, member, other]) await deal(owner, '10', 'Negotiation')
    await addRecord(admin(), 'Quota', { ownerId: member, ...PERIOD, amount: dollars('7') })
    await addRecord(admin(), 'Quota', { teamId: team.id, ...PERIOD, amount: dollars('30') })
    const ownersOf = async (variables: object) => {
      const { byOwner, total } = await forecastOf(admin(), { period: PERIOD, ...variables })
      return { owners: new Set(byOwner.keys()), quota: total.quota, commit: total.commit }
    }
    expect(await ownersOf({ ownerId: head })).toEqual({
      owners: new Set([head, lead, member]),
      quota: '7.00',
      commit: '30.00',
    })
    expect(await ownersOf({ ownerId: lead })).toEqual({
      owners: new Set([lead, member]),
      quota: '7.00',
      commit: '20.00',
    })
    expect(await ownersOf({ ownerId: member })).toEqual({ owners: new Set([member]), quota: '7.00', commit: '10.00' })
    expect(await ownersOf({ teamId: team.id })).toEqual({
      owners: new Set([lead, member]),
      quota: '30.00',
      commit: '20.00',
    })
  })

  it('of a manager who leads no team are those whose role is below', async () => {
    const manager = await userWho(app, ['opportunity:read'])
    const seller = await userWho(app, ['opportunity:read'], { above: manager.roleId })
    for (const { actor } of [manager, seller]) await deal(userId(actor.id), '5', 'Negotiation')
    const { byOwner, total } = await forecastOf(admin(), { period: PERIOD, ownerId: userId(manager.actor.id) })
    expect(total.commit).toBe('10.00')
    expect(new Set(byOwner.keys())).toEqual(new Set([userId(manager.actor.id), userId(seller.actor.id)]))
  })
})

describe('a forecast', () => {
  it.each([
    [{ period: { year: 2026, quarter: 5 } }],
    [{ period: { year: 2026, month: 0 } }],
    [{ period: { year: 2026, quarter: 1, month: 1 } }],
    [{ period: PERIOD, asOf: '2031-01-01T00:00:00Z' }],
    [{ period: PERIOD, ownerId: 'user_00000000000000000000000000', teamId: 'team_00000000000000000000000000' }],
  ])('is refused for %j', async (variables) => {
    const { errors } = await admin().query(FORECAST, variables)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('is null for a user, team or pipeline that is missing or in another workspace', async () => {
    const { id } = await addTeam(app.as('admin', 'globex'), { name: 'Elsewhere' })
    for (const variables of [{ ownerId: 'user_1' }, { teamId: id }, { pipelineId: sales.stages['Proposal'] }])
      expect(at(await admin().must(FORECAST, { period: PERIOD, ...variables }), 'forecast')).toBeNull()
  })

  it('requires the permission to read each field that it adds up, and has no quota without that to read quotas', async () => {
    // Whoever reads all amounts sees all deals, but not the weighted amounts of those of others.
    const partly = await userWho(app, ['opportunity:read@own', 'opportunity.amount:read'])
    const refused = await partly.query(FORECAST, { period: PERIOD })
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', permission: 'opportunity.weightedAmount:read' } },
    ])
    const none = await userWho(app, ['account:read'])
    expect((await none.query(FORECAST, { period: PERIOD })).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN', permission: 'opportunity:read' } },
    ])
    const seller = await userWho(app, ['opportunity:read', 'user:read'])
    const { total } = await forecastOf(seller, { period: PERIOD })
    expect(total).toMatchObject({ quota: null, adjustment: null })
  })

  it('takes one statement, besides the default currency and the owners', async () => {
    app.resetStatements()
    await admin().must(FORECAST, { period: PERIOD })
    expect(app.statements.filter((text) => /opportunity_periods/.test(text))).toHaveLength(1)
    expect(app.statements).toHaveLength(3)
  })
})
