import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { backgroundOf } from '../../plugins/background/shipping.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { addDeal, defaultPipeline } from '../opportunities/deals.ts'

let clock = Date.parse('2026-05-04T10:00:00Z')
let app: TestApp
const admin = () => app.as('admin')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
})
afterAll(() => app.close())

const TAKE = `mutation ($input: TakeForecastSnapshotInput!) {
  takeForecastSnapshot(input: $input) { forecastSnapshots { id owner { id } commit { amount } quota { amount } } userErrors { code path } }
}`
const PERIOD = { year: 2026, quarter: 2 }

it('a snapshot keeps the figures of each owner, and is read by who may read those of the owner', async () => {
  const { stages } = await defaultPipeline(admin())
  const seller = await userWho(app, ['forecastSnapshot:read@own', 'user:read'])
  const other = await userWho(app, ['forecastSnapshot:read@own'])
  const [sellerId, otherId] = [encodeId('user', seller.actor.id), encodeId('user', other.actor.id)]
  const amount = { amount: '10', currency: 'USD' }
  const deal = { stageId: stages['Negotiation'], amount, closesOn: '2026-06-01' }
  const made = await addDeal(admin(), { ...deal, ownerId: sellerId })
  await addDeal(admin(), { ...deal, ownerId: otherId })
  await addDeal(admin(), { ...deal, ownerId: null })
  await addRecord(admin(), 'Quota', { ownerId: sellerId, ...PERIOD, amount })
  const taken = at(await admin().must(TAKE, { input: { period: PERIOD } }), 'takeForecastSnapshot')
  expect(at(taken, 'userErrors')).toEqual([])
  const owners = listAt(taken, 'forecastSnapshots').map((each) => at(each, 'owner') && textAt(each, 'owner.id'))
  expect(new Set(owners)).toEqual(new Set([sellerId, otherId, null]))
  clock += 60_000
  await admin().must(
    'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }',
    { input: { ...made, amount: { amount: '99', currency: 'USD' } } },
  )
  await admin().must(TAKE, { input: { period: PERIOD } })
  const data = await seller.must(
    '{ forecastSnapshots(orderBy: [{ takenAt: ASC }]) { nodes { takenAt owner { id } year quarter month count commit { amount currency } quota { amount } } } }',
  )
  const snapshot = { owner: { id: sellerId }, ...PERIOD, month: null, count: 1, quota: { amount: '10.00' } }
  expect(at(data, 'forecastSnapshots.nodes')).toEqual([
    { ...snapshot, takenAt: '2026-05-04T10:00:00.000Z', commit: { amount: '10.00', currency: 'USD' } },
    { ...snapshot, takenAt: '2026-05-04T10:01:00.000Z', commit: { amount: '99.00', currency: 'USD' } },
  ])
})

it('a job takes those of the current month and quarter', async () => {
  const { stages } = await defaultPipeline(admin())
  const amount = { amount: '10', currency: 'USD' }
  await addDeal(admin(), { stageId: stages['Negotiation'], amount, closesOn: '2026-05-20', ownerId: null })
  clock += 60_000
  await runJobNow(backgroundOf(app), admin().actor.workspaceId, 'forecasts.takeSnapshots')
  const data = await admin().must(
    'query ($at: DateTime!) { forecastSnapshots(filter: { takenAt: { equals: $at }, owner: { isNull: true } }) { nodes { year quarter month count } } }',
    { at: new Date(clock).toISOString() },
  )
  expect(listAt(data, 'forecastSnapshots.nodes')).toEqual([
    { year: 2026, quarter: null, month: 5, count: 1 },
    { year: 2026, quarter: 2, month: null, count: 2 },
  ])
})

it('a snapshot of a period that does not exist, or without the permission, is refused', async () => {
  const data = await admin().must(TAKE, { input: { period: { year: 2026, quarter: 9 } } })
  expect(at(data, 'takeForecastSnapshot')).toEqual({
    forecastSnapshots: [],
    userErrors: [{ code: 'INVALID', path: ['input', 'period', 'quarter'] }],
  })
  const reader = await userWho(app, ['opportunity:read'])
  const { errors } = await reader.query(TAKE, { input: { period: PERIOD } })
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
})
