import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addInteraction } from '../../support/records.ts'
import { addDeal, mustAct } from './deals.ts'

const DAY = 86_400_000
let clock = Date.parse('2026-01-10T12:00:00Z')
let app: TestApp
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date(clock) })
})
afterAll(() => app.close())

async function attentionOf(id: string): Promise<unknown> {
  const data = await member().must(
    'query ($id: ID!) { opportunity(id: $id) { attention { code reason suggestion } } }',
    { id },
  )
  return at(data, 'opportunity.attention')
}

async function update(id: string, version: number, input: Readonly<Record<string, unknown>>): Promise<void> {
  const document =
    'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }'
  await member().must(document, { input: { id, version, ...input } })
}

const suggestion = expect.any(String)

it('a deal with a plan needs no attention, and each fault is told with its numbers', async () => {
  const deal = await addDeal(member(), { name: 'Planned', nextStep: 'Visit', closesOn: '2026-01-20' })
  expect(await attentionOf(deal.id)).toEqual([])
  await update(deal.id, 1, { closesOn: '2026-01-22', nextStep: null })
  await update(deal.id, 2, { closesOn: '2026-01-25' })
  clock += 20 * DAY
  expect(await attentionOf(deal.id)).toEqual([
    { code: 'OVERDUE', reason: 'The day of closing, 2026-01-25, passed 5 days ago.', suggestion },
    {
      code: 'SLIPPING',
      reason: 'The day of closing was moved to a later day 2 times, by 5 days together.',
      suggestion,
    },
    { code: 'IDLE', reason: 'Nothing has happened for 20 days: no change and no interaction.', suggestion },
    { code: 'NO_NEXT_STEP', reason: 'No next step is planned.', suggestion },
  ])
})

it('an interaction about the deal ends the silence', async () => {
  const deal = await addDeal(member(), { name: 'Talked', nextStep: 'Visit' })
  clock += 15 * DAY
  await addInteraction(member(), 'note', {
    subject: 'Talk',
    occurredAt: new Date(clock - DAY).toISOString(),
    regardingIds: [deal.id],
  })
  expect(await attentionOf(deal.id)).toEqual([])
  clock += 13 * DAY
  expect(await attentionOf(deal.id)).toMatchObject([{ code: 'IDLE', reason: expect.stringContaining('14 days') }])
})

it('deals that need attention can be asked for; closed deals need none', async () => {
  const closed = await addDeal(member(), { name: 'Won' })
  await mustAct(member(), 'closeOpportunity', { ...closed, outcome: 'WON' })
  expect(await attentionOf(closed.id)).toEqual([])
  const named = async (filter: Readonly<Record<string, unknown>>) => {
    const document =
      'query ($filter: OpportunityFilter) { opportunities(filter: $filter, orderBy: [{ name: ASC }]) { nodes { name } } }'
    return textsAt(await member().must(document, { filter }), 'opportunities.nodes', 'name')
  }
  expect(await named({ needsAttention: true })).toEqual(['Planned', 'Talked'])
  expect(await named({ needsAttention: false })).toEqual(['Won'])
  expect(await named({ needsAttentionFor: 'SLIPPING' })).toEqual(['Planned'])
  app.resetStatements()
  const data = await member().must(
    '{ opportunities { nodes { attention { code } slippedDays daysInStage closesOnChanges { days } } } }',
    {},
  )
  expect(listAt(data, 'opportunities.nodes')).toHaveLength(3)
  expect(app.statements.filter((text) => /opportunities/.test(text))).toHaveLength(1)
})
