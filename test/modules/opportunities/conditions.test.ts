import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addContact, addRecord } from '../../support/records.ts'
import { act, addDeal, defaultPipeline, lossReason, type TestPipeline } from './deals.ts'

let app: TestApp
let sales: TestPipeline
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp()
  sales = await defaultPipeline(member())
})
afterAll(() => app.close())

const stage = (name: string) => sales.stages[name] ?? ''

describe('the conditions of stages', () => {
  let careful: TestPipeline

  beforeEach(async () => {
    const pipeline = await addRecord(member(), 'Pipeline', { name: `Careful ${Math.random()}` })
    const addStage = (input: Readonly<Record<string, unknown>>) =>
      addRecord(member(), 'Stage', { pipelineId: pipeline.id, probability: 20, ...input })
    const offer = await addStage({ name: 'Offer', requiredFields: ['amount', 'closesOn', 'contacts'], position: 5 })
    const end = await addRecord(member(), 'Stage', { pipelineId: pipeline.id, name: 'End', kind: 'WON', position: 9 })
    const first = await addStage({ name: 'First', position: 1, nextStages: [{ stageId: offer.id }] })
    careful = { id: pipeline.id, stages: { First: first.id, Offer: offer.id, End: end.id } }
  })

  it('an entry condition that is not met says what is missing and which stage asks for it', async () => {
    const deal = await addDeal(member(), { pipelineId: careful.id, amount: { amount: '5', currency: 'EUR' } })
    const to = { stageId: careful.stages['Offer'] }
    const asks = (field: string) => ({
      __typename: 'RuleViolation',
      code: 'RULE_VIOLATION',
      path: ['input', 'stageId'],
      message: expect.stringMatching(new RegExp(`“Offer” of the pipeline “Careful .*requires a value for ${field}\\.`)),
    })
    expect(await act(member(), 'moveOpportunity', { ...deal, ...to })).toEqual({
      opportunity: null,
      userErrors: [asks('closesOn'), asks('contacts')],
    })
    const contact = await addContact(member(), { lastName: 'Ada' })
    await member().must(
      'mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { userErrors { code } } }',
      { input: { ...deal, closesOn: '2026-05-01', contacts: [{ contactId: contact.id, role: 'DECISION_MAKER' }] } },
    )
    expect(await act(member(), 'moveOpportunity', { id: deal.id, version: 2, ...to })).toMatchObject({
      opportunity: { stage: { name: 'Offer' } },
      userErrors: [],
    })
  })

  it('a create in the stage is refused at the missing fields', async () => {
    const data = await member().must(
      'mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { userErrors { path } } }',
      { input: { name: 'Deal', stageId: careful.stages['Offer'] } },
    )
    expect(at(data, 'createOpportunity.userErrors')).toEqual([
      { path: ['input', 'amount'] },
      { path: ['input', 'closesOn'] },
      { path: ['input', 'contacts'] },
    ])
  })

  it('a move that the stage does not allow is refused, also by closing', async () => {
    const deal = await addDeal(member(), { pipelineId: careful.id })
    const why = { message: 'From “First” an opportunity may move to “Offer” only.' }
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: careful.stages['End'] })).toMatchObject({
      userErrors: [{ ...why, path: ['input', 'stageId'] }],
    })
    expect(await act(member(), 'closeOpportunity', { ...deal, outcome: 'WON' })).toMatchObject({
      userErrors: [{ ...why, path: ['input', 'outcome'] }],
    })
    expect(
      await act(member(), 'closeOpportunity', { ...deal, outcome: 'LOST', lossReasonId: await lossReason(member()) }),
    ).toMatchObject({
      userErrors: [{ message: 'The pipeline of the opportunity has no stage of the kind LOST.' }],
    })
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: stage('Proposal') })).toMatchObject({
      userErrors: [why],
    })
  })

  it('a deal can move to another pipeline', async () => {
    const deal = await addDeal(member())
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: careful.stages['First'] })).toMatchObject({
      opportunity: { stage: { name: 'First' }, probability: 20 },
      userErrors: [],
    })
  })
})
