import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { addDeal, defaultPipeline, type TestPipeline } from './deals.ts'

const NOW = Date.parse('2026-06-30T12:00:00Z')

let app: TestApp
let sales: TestPipeline
const member = () => app.as('member')
const stage = (name: string) => sales.stages[name] ?? ''

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(NOW) })
  sales = await defaultPipeline(member())
})
afterAll(() => app.close())

type Entry = readonly [stage: string, day: string]
const history = (...entries: readonly Entry[]) =>
  entries.map(([name, day]) => ({ stageId: stage(name), enteredAt: `${day}T00:00:00Z` }))

async function refusal(input: Readonly<Record<string, unknown>>): Promise<unknown> {
  const data = await member().must(
    'mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { opportunity { id } userErrors { message path } } }',
    { input: { name: 'Refused', ...input } },
  )
  expect(at(data, 'createOpportunity.opportunity')).toBeNull()
  return at(data, 'createOpportunity.userErrors')
}

const PIPELINE =
  'query ($pipelineId: ID!, $at: DateTime!) { pipelineAsOf(pipelineId: $pipelineId, at: $at) { stage { name } count amounts { amount currency } weightedAmounts { amount } } }'

async function pipelineAt(moment: number | string): Promise<readonly unknown[]> {
  const variables = { pipelineId: sales.id, at: new Date(moment).toISOString() }
  return listAt(await member().must(PIPELINE, variables), 'pipelineAsOf')
}

describe('a new opportunity with a past', () => {
  it('has the stages it entered, the last of which is its stage, and counts in the pipeline of each past day', async () => {
    const deal = await addDeal(member(), {
      amount: { amount: '1000.01', currency: 'EUR' },
      stageHistory: history(['Qualification', '2025-01-10'], ['Proposal', '2025-02-01'], ['Closed won', '2025-03-05']),
    })
    const data = await member().must(
      `query ($id: ID!) { opportunity(id: $id) { status closedOn stage { name } history { nodes { changes { field to } } }
        stageHistory { nodes { stage { name } enteredAt leftAt } } } }`,
      { id: deal.id },
    )
    expect(at(data, 'opportunity')).toMatchObject({
      status: 'WON',
      closedOn: '2025-03-05',
      stage: { name: 'Closed won' },
    })
    expect(listAt(data, 'opportunity.stageHistory.nodes')).toEqual([
      { stage: { name: 'Closed won' }, enteredAt: '2025-03-05T00:00:00.000Z', leftAt: null },
      { stage: { name: 'Proposal' }, enteredAt: '2025-02-01T00:00:00.000Z', leftAt: '2025-03-05T00:00:00.000Z' },
      { stage: { name: 'Qualification' }, enteredAt: '2025-01-10T00:00:00.000Z', leftAt: '2025-02-01T00:00:00.000Z' },
    ])
    const changes = listAt(data, 'opportunity.history.nodes.0.changes')
    expect(changes.find((change) => at(change, 'field') === 'stageHistory')).toMatchObject({
      to: [{ stageId: stage('Qualification') }, { stageId: stage('Proposal') }, { stageId: stage('Closed won') }],
    })
    expect(await pipelineAt('2025-01-09')).toEqual([])
    expect(await pipelineAt('2025-02-15')).toEqual([
      {
        stage: { name: 'Proposal' },
        count: 1,
        amounts: [{ amount: '1000.01', currency: 'EUR' }],
        weightedAmounts: [{ amount: '500.005' }],
      },
    ])
    expect(await pipelineAt('2025-03-05')).toMatchObject([{ stage: { name: 'Closed won' }, count: 1 }])
  })

  it('is refused when its stages are not in order, in the future, of several pipelines, or do not lead to its stage', async () => {
    const other = await addRecord(app.as('admin'), 'Pipeline', { name: 'Other' })
    const first = await addRecord(app.as('admin'), 'Stage', { name: 'First', pipelineId: other.id })
    expect(await refusal({ stageHistory: history(['Proposal', '2025-02-01'], ['Negotiation', '2025-01-31']) })).toEqual(
      [
        {
          message: 'Must not be before the time of the stage before it.',
          path: ['input', 'stageHistory', '1', 'enteredAt'],
        },
      ],
    )
    expect(await refusal({ stageHistory: history(['Proposal', '2026-07-01']) })).toEqual([
      { message: 'Must not lie in the future.', path: ['input', 'stageHistory', '0', 'enteredAt'] },
    ])
    expect(
      await refusal({
        stageHistory: [
          { stageId: first.id, enteredAt: '2025-01-01T00:00:00Z' },
          ...history(['Proposal', '2025-02-01']),
        ],
      }),
    ).toMatchObject([{ path: ['input', 'stageHistory', '0', 'stageId'] }])
    expect(await refusal({ stageId: stage('Negotiation'), stageHistory: history(['Proposal', '2025-02-01']) })).toEqual(
      [
        {
          message: 'The last stage has to be the stage of the opportunity.',
          path: ['input', 'stageHistory', '0', 'stageId'],
        },
      ],
    )
    expect(await refusal({ stageHistory: history(['Closed lost', '2025-02-01']) })).toMatchObject([
      { path: ['input', 'lossReasonId'] },
    ])
    expect(await refusal({ stageHistory: [{ stageId: 'stage_x', enteredAt: '2025-02-01T00:00:00Z' }] })).toMatchObject([
      { path: ['input', 'stageHistory', '0', 'stageId'] },
    ])
  })

  it('gets it only when it is created', async () => {
    const data = await member().must('{ __type(name: "UpdateOpportunityInput") { inputFields { name } } }')
    expect(listAt(data, '__type.inputFields').map((field) => at(field, 'name'))).not.toContain('stageHistory')
  })

  it('counts in the pipeline of any past moment where its stages say', async () => {
    const names = ['Qualification', 'Needs analysis', 'Proposal', 'Negotiation']
    const past = fc.array(fc.record({ stage: fc.nat(3), hours: fc.nat(500) }), { minLength: 1, maxLength: 5 })
    const start = Date.parse('2023-01-01T00:00:00Z')
    await fc.assert(
      fc.asyncProperty(fc.array(past, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(3000)), async (deals, hours) => {
        const stories = deals.map((entries) => {
          let time = start
          return entries.map(({ stage: index, hours: passed }) => {
            time += passed * 3_600_000
            return { name: names[index] ?? '', time }
          })
        })
        const records = stories.map((entries) => ({
          name: 'Story',
          stageHistory: entries.map(({ name, time }) => ({
            stageId: stage(name),
            enteredAt: new Date(time).toISOString(),
          })),
        }))
        await member().must(
          'mutation ($input: CreateOpportunitiesInput!) { createOpportunities(input: $input) { results { opportunity { id } userErrors { message } } } }',
          { input: { records } },
        )
        for (const moment of [
          ...hours.map((hour) => start + hour * 3_600_000),
          ...stories.flat().map(({ time }) => time),
        ]) {
          const expected: Record<string, number> = {}
          for (const entries of stories) {
            const entered = entries.findLast(({ time }) => time <= moment)
            if (entered) expected[entered.name] = (expected[entered.name] ?? 0) + 1
          }
          const answered = (await pipelineAt(moment)).filter((each) => names.includes(textAt(each, 'stage.name')))
          const counts = answered.map((each) => [textAt(each, 'stage.name'), Number(at(each, 'count'))])
          expect(Object.fromEntries(counts)).toEqual(expected)
        }
        // The next run must not count them.
        await app.database.ownerPool.query(`delete from opportunities where name = 'Story'`)
      }),
      { numRuns: 8 },
    )
  })
})
