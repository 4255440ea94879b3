import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeId } from '../../../src/platform/declare/record-id.ts'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { type Person, teamOf, userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { type Made, setDeleted } from '../../support/records.ts'
import { act, addDeal, defaultPipeline, lossReason, type TestPipeline } from '../opportunities/deals.ts'
import { forecastOf } from './forecasts.ts'

const START = Date.parse('2026-02-10T00:00:00Z')
const DAY = 86_400_000
const STAGES = ['Qualification', 'Proposal', 'Negotiation']

let clock = START
let app: TestApp
let sales: TestPipeline
let reason: string
/** Three sellers with scopes on opportunities: their own, those of their team, those of the people below. */
let sellers: readonly Person[]
const admin = () => app.as('admin')
const idOf = (person: Person) => encodeId('user', person.actor.id)

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
  sales = await defaultPipeline(admin())
  reason = await lossReason(admin())
  const manager = await userWho(app, ['opportunity:read@hierarchy', 'user:read'])
  const own = await userWho(app, ['opportunity:read@own', 'user:read'], { above: manager.roleId })
  const mate = await userWho(app, ['opportunity:read@team', 'user:read'])
  await teamOf(app, [mate, own])
  sellers = [manager, own, mate]
})
afterAll(() => app.close())

/** A step of a random story: what is tried, on which deal, and how much time passes before it. */
const step = fc.record({
  kind: fc.constantFrom(
    'create',
    'create',
    'amount',
    'day',
    'owner',
    'move',
    'win',
    'lose',
    'reopen',
    'delete',
    'restore',
  ),
  deal: fc.nat(5),
  number: fc.nat(40),
  passed: fc.nat(2 * DAY),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const ownerAt = (number: number) => {
  const seller = sellers[number % 4]
  return seller ? idOf(seller) : null
}
const stageAt = (number: number) => sales.stages[STAGES[number % STAGES.length] ?? ''] ?? ''
const dayAt = (number: number) => new Date(START + number * 4 * DAY).toISOString().slice(0, 10)

async function tell(deals: Made[], { kind, deal, number }: Step): Promise<void> {
  const amount = number === 0 ? null : { amount: `${number * 10}.25`, currency: 'USD' }
  const target = deals[deal % Math.max(deals.length, 1)]
  if (kind === 'create' || !target) {
    const input = { stageId: stageAt(number), amount, closesOn: dayAt(number), ownerId: ownerAt(number) }
    deals.push(await addDeal(admin(), input))
    return
  }
  const changed = { amount: { amount }, day: { closesOn: dayAt(number) }, owner: { ownerId: ownerAt(number) } }
  if (kind === 'amount' || kind === 'day' || kind === 'owner')
    await admin().must(
      'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }',
      { input: { ...target, ...changed[kind] } },
    )
  else if (kind === 'move') await act(admin(), 'moveOpportunity', { ...target, stageId: stageAt(number) })
  else if (kind === 'win') await act(admin(), 'closeOpportunity', { ...target, outcome: 'WON' })
  else if (kind === 'lose') await act(admin(), 'closeOpportunity', { ...target, outcome: 'LOST', lossReasonId: reason })
  else if (kind === 'reopen') await act(admin(), 'reopenOpportunity', { ...target })
  else await setDeleted(admin(), kind === 'delete' ? 'delete' : 'restore', 'Opportunity', target).catch(() => null)
  const data = await admin().must('query ($id: ID!) { opportunity(id: $id, includeDeleted: true) { id version } }', {
    id: target.id,
  })
  deals[deals.indexOf(target)] = { id: target.id, version: Number(at(data, 'opportunity.version')) }
}

interface Counted {
  readonly deal: string
  readonly owner: string
  readonly bucket: 'closed' | 'commit' | 'bestCase' | 'pipeline'
  readonly day: string
  readonly cents: number
  /** Ten-thousandths. */
  readonly weighted: number
}

const BUCKETS = new Map<string, Counted['bucket']>([
  ['COMMIT', 'commit'],
  ['BEST_CASE', 'bestCase'],
])

/** Returns what the log says of each deal at a moment: those that count in some period. */
async function countedAt(deals: readonly Made[], moment: number): Promise<Counted[]> {
  const counted: Counted[] = []
  for (const { id } of deals) {
    const data = await admin().must(
      'query ($id: ID!) { opportunity(id: $id, includeDeleted: true) { history(first: 200) { nodes { at operation changes { field to } } } } }',
      { id },
    )
    const values = new Map<string, unknown>()
    let isThere = false
    for (const change of listAt(data, 'opportunity.history.nodes').toReversed()) {
      if (Date.parse(textAt(change, 'at')) > moment) break
      isThere = textAt(change, 'operation') !== 'DELETED'
      for (const each of listAt(change, 'changes')) values.set(textAt(each, 'field'), at(each, 'to'))
    }
    const status = values.get('status')
    const category = String(values.get('forecastCategory'))
    if (!isThere || status === 'LOST' || category === 'OMITTED') continue
    const cents = Math.round(Number(at(values.get('amount') ?? {}, 'amount') ?? 0) * 100)
    counted.push({
      deal: id,
      owner: String(values.get('ownerId') ?? 'nobody'),
      bucket: status === 'WON' ? 'closed' : (BUCKETS.get(category) ?? 'pipeline'),
      day: String(values.get(status === 'WON' ? 'closedOn' : 'closesOn')),
      cents,
      weighted: cents * Number(values.get('probability')),
    })
  }
  return counted
}

/** Returns the deals that a client sees now, with the owners that the client sees. */
async function visibleTo(client: TestClient): Promise<ReadonlySet<string>> {
  const data = await client.must('{ opportunities(first: 200) { nodes { id } } }')
  return new Set(listAt(data, 'opportunities.nodes').map((each) => textAt(each, 'id')))
}

function summed(counted: readonly Counted[]) {
  const amount = (cents: number) => (Math.round(cents) / 100).toFixed(2)
  const bucket = (name: Counted['bucket']) =>
    amount(counted.reduce((sum, each) => sum + (each.bucket === name ? each.cents : 0), 0))
  return {
    count: counted.length,
    closed: bucket('closed'),
    commit: bucket('commit'),
    bestCase: bucket('bestCase'),
    pipeline: bucket('pipeline'),
    weighted: amount(counted.reduce((sum, each) => sum + each.weighted, 0) / 100),
  }
}

it('a forecast of any moment has what the log says, of the deals that the caller sees', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 6, maxLength: 14 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 2 }),
      fc.integer({ min: 1, max: 2 }),
      async (story, moments, quarter) => {
        const begin = clock
        const deals: Made[] = []
        for (const each of story) {
          clock += each.passed
          await tell(deals, each)
        }
        const from = `2026-0${quarter * 3 - 2}-01`
        const until = `2026-0${quarter * 3 + 1}-01`
        for (const moment of [...moments.map((share) => Math.floor(begin + share * (clock - begin))), clock]) {
          const all = (await countedAt(deals, moment)).filter(({ day }) => day >= from && day < until)
          for (const client of [admin(), ...sellers]) {
            const visible = await visibleTo(client)
            const expected = all.filter(({ deal }) => visible.has(deal))
            const variables = { period: { year: 2026, quarter }, asOf: new Date(moment).toISOString() }
            const { total, byOwner } = await forecastOf(client, variables)
            expect(total).toMatchObject(summed(expected))
            const owners = Map.groupBy(expected, ({ owner }) => owner)
            expect(new Set(byOwner.keys())).toEqual(new Set(owners.keys()))
            for (const [owner, counted] of owners) expect(byOwner.get(owner)).toMatchObject(summed(counted))
          }
        }
        for (const deal of deals) await setDeleted(admin(), 'delete', 'Opportunity', deal).catch(() => null)
        clock += 1
      },
    ),
    { numRuns: 4 },
  )
})
