import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { addDeal } from './deals.ts'

let app: TestApp
let pipelineId: string
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp()
  pipelineId = (await addRecord(member(), 'Pipeline', { name: 'Totals' })).id
})
afterAll(() => app.close())

/** An amount in units of its fourth decimal place: whole numbers, so that no float is involved. */
function units(amount: string): bigint {
  const [whole = '', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(4, '0'))
}

const text = (amount: bigint) => `${amount / 10_000n}.${(amount % 10_000n).toString().padStart(4, '0')}`

/** The amount times the percentage, rounded half up to the fourth decimal place. Amounts are not negative. */
const weighted = (amount: bigint, probability: number) => (amount * BigInt(probability) + 50n) / 100n

const TOTALS = `query ($pipelineId: ID!, $at: DateTime!, $stage: String!) {
  pipeline(id: $pipelineId) { stages { name
    summary { count amount { amount } weightedAmount { amount } }
    amounts { amount { amount } weightedAmount { amount } }
    opportunities(first: 100) { nodes { amount { amount } weightedAmount { amount } } }
  } }
  pipelineAsOf(pipelineId: $pipelineId, at: $at) { stage { name } count amounts { amount } weightedAmounts { amount } }
  opportunityAggregate(filter: { stage: { is: { name: { equals: $stage } } } }) { groups { count sum { amount { amount } weightedAmount { amount } } } }
}`

let number = 0

it('all totals of a stage agree to the last decimal place: of the board, of aggregates and of the history', async () => {
  // Up to 16 digits before the point: far beyond what a float holds exactly.
  const amount = fc.bigInt(0n, 10n ** 19n)
  await fc.assert(
    fc.asyncProperty(
      fc.array(amount, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 100 }),
      async (amounts, probability) => {
        const stage = `Stage ${++number}`
        const { id } = await addRecord(member(), 'Stage', { pipelineId, name: stage, probability })
        const records = amounts.map((each) => ({
          name: 'Deal',
          stageId: id,
          amount: { amount: text(each), currency: 'EUR' },
        }))
        await member().must(
          'mutation ($input: CreateOpportunitiesInput!) { createOpportunities(input: $input) { results { userErrors { code } } } }',
          { input: { records } },
        )
        const data = await member().must(TOTALS, { pipelineId, at: new Date().toISOString(), stage })
        const board = listAt(data, 'pipeline.stages').find((each) => at(each, 'name') === stage)
        const past = listAt(data, 'pipelineAsOf').find((each) => at(each, 'stage.name') === stage)
        const group = listAt(data, 'opportunityAggregate.groups')[0]
        const cards = listAt(board, 'opportunities.nodes')
        const sum = amounts.reduce((one, other) => one + other, 0n)
        const weightedSum = amounts.reduce((one, other) => one + weighted(other, probability), 0n)
        expect(cards.map((card) => units(textAt(card, 'amount.amount'))).toSorted()).toEqual(amounts.toSorted())
        for (const [count, amountText, weightedText] of [
          [
            at(board, 'summary.count'),
            textAt(board, 'summary.amount.amount'),
            textAt(board, 'summary.weightedAmount.amount'),
          ],
          [amounts.length, textAt(board, 'amounts.0.amount.amount'), textAt(board, 'amounts.0.weightedAmount.amount')],
          [at(past, 'count'), textAt(past, 'amounts.0.amount'), textAt(past, 'weightedAmounts.0.amount')],
          [at(group, 'count'), textAt(group, 'sum.amount.amount'), textAt(group, 'sum.weightedAmount.amount')],
        ] as const)
          expect([count, units(amountText), units(weightedText)]).toEqual([amounts.length, sum, weightedSum])
      },
    ),
    { numRuns: 10 },
  )
})

describe('figures of a stage', () => {
  const read = async (client: TestClient) => {
    const { data } = await client.query<Record<string, unknown>, object>(
      'query ($id: ID!) { pipeline(id: $id) { stages { name summary { count amount { amount } weightedAmount { amount } } amounts { count amount { amount } } } } }',
      { id: pipelineId },
    )
    return listAt(data, 'pipeline.stages').find((each) => at(each, 'name') === 'Seen')
  }

  it('count only what the caller sees, and add up only what the caller may read everywhere', async () => {
    const { id } = await addRecord(member(), 'Stage', { pipelineId, name: 'Seen', probability: 10 })
    const amount = { amount: '10', currency: 'EUR' }
    const everything = ['pipeline:read', 'stage:read'] as const
    const owner = await userWho(app, [
      ...everything,
      'opportunity:read@own',
      'opportunity:create',
      'opportunity:update@own',
    ])
    await addDeal(member(), { stageId: id, amount })
    await addDeal(owner, { stageId: id, amount: { amount: '2', currency: 'EUR' } })
    expect(await read(member())).toMatchObject({ summary: { count: 2, amount: { amount: '12.00' } } })
    expect(await read(owner)).toMatchObject({
      summary: { count: 1, amount: { amount: '2.00' }, weightedAmount: { amount: '0.20' } },
      amounts: [{ count: 1, amount: { amount: '2.00' } }],
    })
    const counter = await userWho(app, [...everything, 'opportunity.name:read', 'opportunity.amount:read@own'])
    expect(await read(counter)).toMatchObject({
      summary: { count: 2, amount: null, weightedAmount: null },
      amounts: [],
    })
    const nobody = await userWho(app, everything)
    expect(await read(nobody)).toMatchObject({ summary: { count: 0, amount: null }, amounts: [] })
  })
})
