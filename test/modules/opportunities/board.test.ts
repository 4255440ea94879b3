import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt, textsAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addRecord, setDeleted } from '../../support/records.ts'
import { act, addDeal, mustAct, operation } from './deals.ts'

let app: TestApp
let board: string
let ideas: string
let won: string
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp()
  const pipeline = await addRecord(member(), 'Pipeline', { name: 'Board' })
  board = pipeline.id
  ideas = (await addRecord(member(), 'Stage', { pipelineId: board, name: 'Ideas', probability: 33 })).id
  won = (await addRecord(member(), 'Stage', { pipelineId: board, name: 'Won', kind: 'WON' })).id
})
afterAll(() => app.close())

const money = (amount: string, currency = 'EUR') => ({ amount, currency })

async function namesOf(stage: string): Promise<string[]> {
  const data = await member().must(operation('Board'), { pipelineId: board })
  const found = listAt(data, 'pipeline.stages').find((each) => at(each, 'id') === stage)
  return textsAt(found, 'opportunities.nodes', 'name')
}

describe('the board', () => {
  it('is one statement: stages in order, their figures, and the cards in their places', async () => {
    const account = await addAccount(member(), { name: 'Acme' })
    await addDeal(member(), {
      name: 'A',
      stageId: ideas,
      accountId: account.id,
      amount: money('100.10'),
      nextStep: 'Call',
    })
    await addDeal(member(), { name: 'B', stageId: ideas, amount: money('0.05') })
    await addDeal(member(), { name: 'C', stageId: won, amount: money('7') })
    const gone = await addDeal(member(), { name: 'Gone', stageId: won, amount: money('1000') })
    await setDeleted(member(), 'delete', 'Opportunity', gone)
    await member().must(operation('Board'), { pipelineId: board })
    app.resetStatements()
    const data = await member().must(operation('Board'), { pipelineId: board })
    expect(app.statements.filter((text) => /^select|^with/i.test(text) && /"?stages"?/.test(text))).toHaveLength(1)
    expect(at(data, 'pipeline')).toMatchObject({
      name: 'Board',
      stages: [
        {
          name: 'Ideas',
          kind: 'OPEN',
          probability: 33,
          forecastCategory: 'PIPELINE',
          // 100.10 × 0.33 + 0.05 × 0.33, each exact.
          summary: { count: 2, amount: money('100.15'), weightedAmount: money('33.0495') },
          opportunities: {
            nodes: [
              { name: 'A', account: { name: 'Acme' }, owner: { displayName: 'Member' }, attention: [] },
              { name: 'B', account: null, attention: [{ code: 'NO_NEXT_STEP' }] },
            ],
          },
        },
        { name: 'Won', summary: { count: 1, amount: money('7.00'), weightedAmount: money('7.00') } },
      ],
    })
  })

  it('has no sum of several currencies, says so, and has the sums by currency', async () => {
    const made = await addDeal(member(), { stageId: won, amount: money('3', 'USD') })
    const { data, errors } = await member().query<Record<string, unknown>, object>(
      'query ($id: ID!) { pipeline(id: $id) { stages { name summary { count amount { amount } } amounts { currency count amount { amount } weightedAmount { amount } } } } }',
      { id: board },
    )
    expect(listAt(data, 'pipeline.stages')[1]).toEqual({
      name: 'Won',
      summary: { count: 2, amount: null },
      amounts: [
        { currency: 'EUR', count: 1, amount: { amount: '7.00' }, weightedAmount: { amount: '7.00' } },
        { currency: 'USD', count: 1, amount: { amount: '3.00' }, weightedAmount: { amount: '3.00' } },
      ],
    })
    expect(errors).toMatchObject([
      { path: ['pipeline', 'stages', 1, 'summary', 'amount'], extensions: { code: 'MIXED_CURRENCIES' } },
    ])
    await setDeleted(member(), 'delete', 'Opportunity', made)
  })
})

describe('places on the board', () => {
  it('a card is placed before or after another one, at a position, or last', async () => {
    const stage = (await addRecord(member(), 'Stage', { pipelineId: board, name: 'Places', probability: 10 })).id
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => addDeal(member(), { name, stageId: ideas })))
    if (!a || !b || !c) throw new Error('no cards')
    const moved = [
      await mustAct(member(), 'moveOpportunity', { ...a, stageId: stage }),
      await mustAct(member(), 'moveOpportunity', { ...b, stageId: stage }),
      await mustAct(member(), 'moveOpportunity', { ...c, stageId: stage, afterId: a.id }),
    ]
    expect(await namesOf(stage)).toEqual(['a', 'c', 'b'])
    const last = await mustAct(member(), 'moveOpportunity', { ...(moved[1] ?? b), stageId: stage, beforeId: a.id })
    expect(await namesOf(stage)).toEqual(['b', 'a', 'c'])
    await mustAct(member(), 'moveOpportunity', { ...last, stageId: stage, position: '1000' })
    expect(await namesOf(stage)).toEqual(['a', 'c', 'b'])
    // The versions of the other cards are as before.
    expect(await act(member(), 'moveOpportunity', { ...(moved[0] ?? a), stageId: stage })).toMatchObject({
      userErrors: [],
    })
  })

  it('cards that move at the same time get different places', async () => {
    const stage = (await addRecord(member(), 'Stage', { pipelineId: board, name: 'Crowd', probability: 10 })).id
    const anchor = await addDeal(member(), { name: 'anchor', stageId: stage })
    const cards = await Promise.all(Array.from({ length: 12 }, () => addDeal(member(), { stageId: ideas })))
    await Promise.all(
      cards.map((card) => mustAct(member(), 'moveOpportunity', { ...card, stageId: stage, afterId: anchor.id })),
    )
    const data = await member().must(
      'query ($filter: OpportunityFilter) { opportunities(filter: $filter) { nodes { position } } }',
      {
        filter: { stage: { is: { name: { equals: 'Crowd' } } } },
      },
    )
    expect(new Set(textsAt(data, 'opportunities.nodes', 'position')).size).toBe(13)
  })

  it('when there is no room between two cards, the stage is numbered anew, and no version changes', async () => {
    const stage = (await addRecord(member(), 'Stage', { pipelineId: board, name: 'Full', probability: 10 })).id
    const [one, two, three] = [
      await addDeal(member(), { name: 'one', stageId: stage }),
      await addDeal(member(), { name: 'two', stageId: stage }),
      await addDeal(member(), { name: 'three', stageId: stage }),
    ]
    // As after some seventy moves to the same place.
    await app.database.ownerPool.query(
      "update opportunities set position = case name when 'one' then 5 else 5.00000000000000000001 end where name in ('one', 'two')",
    )
    await mustAct(member(), 'moveOpportunity', { ...three, stageId: stage, afterId: one.id })
    expect(await namesOf(stage)).toEqual(['one', 'three', 'two'])
    const data = await member().must('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Opportunity { version } } }', {
      ids: [one.id, two.id],
    })
    expect(listAt(data, 'nodes')).toEqual([{ version: 1 }, { version: 1 }])
  })
})

describe('pipelines and stages', () => {
  it('one pipeline is the default, and stays in use', async () => {
    const update = async (input: Readonly<Record<string, unknown>>) =>
      at(
        await member().must(
          'mutation ($input: UpdatePipelineInput!) { updatePipeline(input: $input) { userErrors { code path } } }',
          { input },
        ),
        'updatePipeline.userErrors',
      )
    const data = await member().must(
      'mutation ($input: MakePipelineDefaultInput!) { makePipelineDefault(input: $input) { pipeline { version isDefault } userErrors { code } } }',
      { input: { id: board, version: 1 } },
    )
    expect(at(data, 'makePipelineDefault')).toEqual({ pipeline: { version: 2, isDefault: true }, userErrors: [] })
    const pipelines = await member().must(operation('Pipelines'), {})
    expect(listAt(pipelines, 'pipelines.nodes').filter((each) => at(each, 'isDefault'))).toMatchObject([
      { name: 'Board' },
    ])
    expect(await update({ id: board, version: 2, isActive: false })).toEqual([
      { code: 'RULE_VIOLATION', path: ['input', 'isActive'] },
    ])
    const { id } = await addDeal(member())
    const deal = await member().must('query ($id: ID!) { opportunity(id: $id) { pipeline { name } } }', { id })
    expect(at(deal, 'opportunity.pipeline.name')).toBe('Board')
  })

  const refusal = async (mutation: string, input: Readonly<Record<string, unknown>>) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input!`
    const data = await member().must(
      `mutation ($input: ${type}) { ${mutation}(input: $input) { userErrors { code path } } }`,
      { input },
    )
    return at(data, `${mutation}.userErrors`)
  }

  it('a stage with a past keeps its kind and is not deleted; its figures fit its kind', async () => {
    expect(await refusal('deleteStage', { id: ideas })).toEqual([{ code: 'RULE_VIOLATION', path: ['input', 'id'] }])
    expect(await refusal('updateStage', { id: ideas, version: 1, kind: 'WON' })).toContainEqual({
      code: 'RULE_VIOLATION',
      path: ['input', 'kind'],
    })
    expect(await refusal('updateStage', { id: won, version: 1, probability: 50 })).toEqual([
      { code: 'INVALID', path: ['input', 'probability'] },
    ])
    expect(await refusal('createStage', { pipelineId: board, name: 'Ideas', probability: 1 })).toMatchObject([
      { code: 'DUPLICATE' },
    ])
    expect(
      await refusal('createStage', { pipelineId: board, name: 'New', probability: 1, requiredFields: ['status'] }),
    ).toEqual([{ code: 'INVALID', path: ['input', 'requiredFields'] }])
  })

  it('a pipeline with deals and a reason for lost deals are not deleted', async () => {
    const other = await addRecord(member(), 'Pipeline', { name: 'Other' })
    const stage = await addRecord(member(), 'Stage', { pipelineId: other.id, name: 'Lost', kind: 'LOST' })
    const reason = await addRecord(member(), 'LossReason', { name: 'Weather' })
    await addDeal(member(), { stageId: stage.id, lossReasonId: reason.id })
    expect(await refusal('deletePipeline', { id: other.id })).toEqual([
      { code: 'RULE_VIOLATION', path: ['input', 'id'] },
    ])
    expect(await refusal('deleteLossReason', { id: reason.id })).toEqual([
      { code: 'RULE_VIOLATION', path: ['input', 'id'] },
    ])
    const names = await member().must(operation('LossReasons'), {})
    expect(textsAt(names, 'lossReasons.nodes', 'name')).toContain('Weather')
  })
})
