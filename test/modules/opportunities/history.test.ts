import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { importRecords } from '../../imports/import-records.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { type Made, setDeleted } from '../../support/records.ts'
import { act, addDeal, defaultPipeline, lossReason, mustAct, type TestPipeline } from './deals.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const DAY = 86_400_000

let clock = START
let app: TestApp
let sales: TestPipeline
let reason: string
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
  sales = await defaultPipeline(member())
  reason = await lossReason(member())
})
afterAll(() => app.close())

const OPEN_STAGES = ['Qualification', 'Needs analysis', 'Proposal', 'Negotiation']
const stageAt = (index: number) => sales.stages[OPEN_STAGES[index % OPEN_STAGES.length] ?? ''] ?? ''

/** A step of a random story: what is tried, on which deal, and how many milliseconds pass before it. */
const step = fc.record({
  kind: fc.constantFrom('create', 'bulk', 'import', 'update', 'move', 'win', 'lose', 'reopen', 'delete', 'restore'),
  deal: fc.nat(5),
  number: fc.nat(40),
  passed: fc.nat(3 * DAY),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** Tries a step. What the state of the deal does not allow is refused. */
async function tell(deals: Made[], { kind, deal, number }: Step): Promise<void> {
  const money = { amount: `${number}.25`, currency: number % 3 === 0 ? 'USD' : 'EUR' }
  const closesOn = new Date(START + number * DAY).toISOString().slice(0, 10)
  const input = { stageId: stageAt(number), amount: number === 0 ? null : money, closesOn }
  const target = deals[deal % Math.max(deals.length, 1)]
  if (kind === 'create' || !target) {
    deals.push(await addDeal(member(), input))
    return
  }
  if (kind === 'bulk') {
    const data = await member().must(
      'mutation ($input: CreateOpportunitiesInput!) { createOpportunities(input: $input) { results { opportunity { id version } } } }',
      {
        input: {
          records: [
            { name: 'Bulk', ...input },
            { name: 'Bulk', amount: money },
          ],
        },
      },
    )
    for (const result of listAt(data, 'createOpportunities.results'))
      deals.push({ id: textAt(result, 'opportunity.id'), version: 1 })
    return
  }
  if (kind === 'import') {
    // The first line creates a deal, the second one changes it.
    const csv = `name,amount,currency,day\nImport ${clock},${money.amount},${money.currency},${closesOn}\n`
    const columns = [
      { column: 'name', field: 'name' },
      { column: 'amount', field: 'amount.amount' },
      { column: 'currency', field: 'amount.currency' },
      { column: 'day', field: 'closesOn' },
    ]
    const order = { object: 'Opportunity', columns, matchBy: ['name'] }
    const payload = await importRecords(member(), { ...order, csv })
    expect(at(payload, 'createdCount')).toBe(1)
    clock += 1000
    const updated = await importRecords(member(), { ...order, csv: csv.replace('.25', '.5') })
    expect(at(updated, 'updatedCount')).toBe(1)
    deals.push({ id: textAt(listAt(payload, 'results')[0], 'recordId'), version: 2 })
    return
  }
  if (kind === 'update') {
    await member().must(
      'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }',
      { input: { ...target, ...(number % 2 === 0 ? { amount: number === 0 ? null : money } : { closesOn }) } },
    )
  } else if (kind === 'move') await act(member(), 'moveOpportunity', { ...target, stageId: stageAt(number) })
  else if (kind === 'win') await act(member(), 'closeOpportunity', { ...target, outcome: 'WON' })
  else if (kind === 'lose')
    await act(member(), 'closeOpportunity', { ...target, outcome: 'LOST', lossReasonId: reason })
  else if (kind === 'reopen') await act(member(), 'reopenOpportunity', { ...target })
  else await setDeleted(member(), kind === 'delete' ? 'delete' : 'restore', 'Opportunity', target).catch(() => null)
  const data = await member().must('query ($id: ID!) { opportunity(id: $id, includeDeleted: true) { id version } }', {
    id: target.id,
  })
  deals[deals.indexOf(target)] = { id: target.id, version: Number(at(data, 'opportunity.version')) }
}

/** What the log says of one deal, the first change first. */
async function changesOf(id: string): Promise<readonly unknown[]> {
  const data = await member().must(
    'query ($id: ID!) { opportunity(id: $id, includeDeleted: true) { history(first: 200) { nodes { at operation changes { field to } } } } }',
    { id },
  )
  return listAt(data, 'opportunity.history.nodes').toReversed()
}

type Totals = Record<string, { count: number; amounts: Record<string, number> }>

/** Recomputes the pipeline at a moment from the log, in hundredths. */
function recompute(logs: readonly (readonly unknown[])[], moment: number): Totals {
  const totals: Totals = {}
  for (const log of logs) {
    const values = new Map<string, unknown>()
    let isThere = false
    for (const change of log) {
      if (Date.parse(textAt(change, 'at')) > moment) break
      const operation = textAt(change, 'operation')
      isThere = operation !== 'DELETED'
      for (const each of listAt(change, 'changes')) values.set(textAt(each, 'field'), at(each, 'to'))
    }
    if (!isThere) continue
    const stage = String(values.get('stageId'))
    const total = totals[stage] ?? { count: 0, amounts: {} }
    totals[stage] = total
    total.count++
    const amount = values.get('amount')
    if (!amount) continue
    const currency = textAt(amount, 'currency')
    total.amounts[currency] = (total.amounts[currency] ?? 0) + hundredths(textAt(amount, 'amount'))
  }
  return totals
}

const hundredths = (amount: string) => Math.round(Number(amount) * 100)

async function answered(moment: number): Promise<Totals> {
  const data = await member().must(
    'query ($pipelineId: ID!, $at: DateTime!) { pipelineAsOf(pipelineId: $pipelineId, at: $at) { stage { id } count amounts { amount currency } } }',
    { pipelineId: sales.id, at: new Date(moment).toISOString() },
  )
  return Object.fromEntries(
    listAt(data, 'pipelineAsOf').map((each) => [
      textAt(each, 'stage.id'),
      {
        count: Number(at(each, 'count')),
        amounts: Object.fromEntries(
          listAt(each, 'amounts').map((money) => [textAt(money, 'currency'), hundredths(textAt(money, 'amount'))]),
        ),
      },
    ]),
  )
}

it('the pipeline of any past moment equals what the log says of that moment', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 18 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
      async (story, moments) => {
        // Each story begins after the former one, whose deals are deleted.
        const begin = clock
        const deals: Made[] = []
        for (const each of story) {
          clock += each.passed
          await tell(deals, each)
        }
        const logs = await Promise.all(deals.map(({ id }) => changesOf(id)))
        const exact = logs.flat().map((change) => Date.parse(textAt(change, 'at')))
        const random = moments.map((share) => Math.floor(begin + share * (clock - begin)))
        for (const moment of [...random, ...exact.slice(0, 4), clock])
          expect(await answered(moment)).toEqual(recompute(logs, moment))
        for (const deal of deals) await setDeleted(member(), 'delete', 'Opportunity', deal).catch(() => null)
        clock += 1
      },
    ),
    { numRuns: 6 },
  )
})

it('the stage history has the time in each stage, and a deal that is deleted leaves its stage until it is restored', async () => {
  clock = Date.parse('2027-01-01T00:00:00Z')
  let deal = await addDeal(member())
  clock += 90_000
  deal = await mustAct(member(), 'moveOpportunity', { ...deal, stageId: stageAt(2) })
  clock += 2 * DAY
  deal = await setDeleted(member(), 'delete', 'Opportunity', deal)
  clock += DAY
  deal = await setDeleted(member(), 'restore', 'Opportunity', deal)
  clock += 3 * DAY
  const data = await member().must(
    'query ($id: ID!) { opportunity(id: $id) { daysInStage stageHistory { nodes { stage { name } enteredAt leftAt seconds } } } }',
    { id: deal.id },
  )
  expect(at(data, 'opportunity')).toEqual({
    daysInStage: 3,
    stageHistory: {
      nodes: [
        { stage: { name: 'Proposal' }, enteredAt: '2027-01-04T00:01:30.000Z', leftAt: null, seconds: 3 * 86_400 },
        {
          stage: { name: 'Proposal' },
          enteredAt: '2027-01-01T00:01:30.000Z',
          leftAt: '2027-01-03T00:01:30.000Z',
          seconds: 2 * 86_400,
        },
        {
          stage: { name: 'Qualification' },
          enteredAt: '2027-01-01T00:00:00.000Z',
          leftAt: '2027-01-01T00:01:30.000Z',
          seconds: 90,
        },
      ],
    },
  })
})

it('the changes of the day of closing are told, with the days that the deal has slipped', async () => {
  clock = Date.parse('2027-02-01T00:00:00Z')
  const deal = await addDeal(member(), { closesOn: '2027-03-01' })
  for (const [index, closesOn] of ['2027-04-01', '2027-03-25'].entries()) {
    clock += DAY
    await member().must(
      'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }',
      {
        input: { id: deal.id, version: 1 + index, closesOn },
      },
    )
  }
  const data = await member().must(
    'query ($id: ID!) { opportunity(id: $id) { slippedDays closesOnChanges { at from to days } } }',
    { id: deal.id },
  )
  expect(at(data, 'opportunity')).toEqual({
    slippedDays: 24,
    closesOnChanges: [
      { at: '2027-02-02T00:00:00.000Z', from: '2027-03-01', to: '2027-04-01', days: 31 },
      { at: '2027-02-03T00:00:00.000Z', from: '2027-04-01', to: '2027-03-25', days: -7 },
    ],
  })
})

it('the pipeline of a future moment is refused, and reading it takes one statement besides the look-up of the pipeline', async () => {
  const document =
    'query ($pipelineId: ID!, $at: DateTime!) { pipelineAsOf(pipelineId: $pipelineId, at: $at) { stage { name } count weightedAmounts { amount } } }'
  const future = await member().query(document, { pipelineId: sales.id, at: new Date(clock + 1).toISOString() })
  expect(at(future, 'errors.0.extensions.code')).toBe('BAD_USER_INPUT')
  const variables = { pipelineId: sales.id, at: new Date(clock).toISOString() }
  app.resetStatements()
  await member().must(document, variables)
  expect(app.statements.filter((text) => /opportunity_periods/.test(text))).toHaveLength(1)
})
