import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addAccount, addRecord } from '../../support/records.ts'
import { act, addDeal, defaultPipeline, lossReason, mustAct, operation, type TestPipeline } from './deals.ts'

const NOW = new Date('2026-03-10T23:30:00Z')

let app: TestApp
let sales: TestPipeline
const member = () => app.as('member')

beforeAll(async () => {
  app = await createTestApp({ now: () => NOW })
  sales = await defaultPipeline(member())
})
afterAll(() => app.close())

const stage = (name: string) => sales.stages[name] ?? ''

describe('createOpportunity', () => {
  it('puts a deal into the first open stage of the default pipeline, with its probability and for the caller', async () => {
    const account = await addAccount(member(), { name: 'Acme' })
    const data = await member().must(operation('CreateOpportunity'), {
      input: {
        name: 'Chairs',
        accountId: account.id,
        amount: { amount: '1000.55', currency: 'EUR' },
        closesOn: '2026-06-30',
      },
    })
    expect(at(data, 'createOpportunity')).toMatchObject({
      opportunity: {
        name: 'Chairs',
        stage: { name: 'Qualification', kind: 'OPEN' },
        amount: { amount: '1000.55', currency: 'EUR' },
        weightedAmount: { amount: '100.055' },
        probability: 10,
        closesOn: '2026-06-30',
      },
      userErrors: [],
    })
    const owners = await member().must(
      '{ opportunities(last: 1) { nodes { owner { displayName } status closedOn } } }',
      {},
    )
    expect(listAt(owners, 'opportunities.nodes')).toEqual([
      { owner: { displayName: 'Member' }, status: 'OPEN', closedOn: null },
    ])
  })

  const refused = async (input: Readonly<Record<string, unknown>>) =>
    at(
      await member().must(
        'mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { opportunity { id } userErrors { code path message } } }',
        { input: { name: 'Deal', ...input } },
      ),
      'createOpportunity',
    )

  it('refuses a negative amount, a stage of another pipeline, and a reason for a deal that is not lost', async () => {
    const other = await addRecord(member(), 'Pipeline', { name: 'Partners' })
    expect(await refused({ amount: { amount: '-1', currency: 'EUR' } })).toMatchObject({
      opportunity: null,
      userErrors: [{ code: 'INVALID', path: ['input', 'amount', 'amount'] }],
    })
    expect(await refused({ pipelineId: other.id, stageId: stage('Proposal') })).toMatchObject({
      userErrors: [{ code: 'INVALID', path: ['input', 'stageId'] }],
    })
    expect(await refused({ pipelineId: other.id })).toMatchObject({ userErrors: [{ path: ['input', 'pipelineId'] }] })
    expect(await refused({ lossReasonId: await lossReason(member()) })).toMatchObject({
      userErrors: [{ code: 'INVALID', path: ['input', 'lossReasonId'] }],
    })
  })

  it('enters a deal that was closed earlier, with its day of closing', async () => {
    const input = { stageId: stage('Closed lost'), closedOn: '2025-12-01' }
    expect(await refused(input)).toMatchObject({ userErrors: [{ path: ['input', 'lossReasonId'] }] })
    const deal = await addDeal(member(), { ...input, lossReasonId: await lossReason(member()) })
    const data = await member().must(
      'query ($id: ID!) { opportunity(id: $id) { status closedOn closedAt lossReason { name } } }',
      deal,
    )
    expect(at(data, 'opportunity')).toEqual({
      status: 'LOST',
      closedOn: '2025-12-01',
      closedAt: NOW.toISOString(),
      lossReason: { name: 'Price' },
    })
    expect(await refused({ stageId: stage('Closed won'), closedOn: '2026-03-11' })).toMatchObject({
      userErrors: [{ path: ['input', 'closedOn'] }],
    })
  })
})

describe('moveOpportunity', () => {
  it('changes the stage and what follows from it', async () => {
    const deal = await addDeal(member(), { amount: { amount: '200', currency: 'EUR' } })
    const data = await member().must(operation('MoveOpportunity'), {
      input: { id: deal.id, version: 1, stageId: stage('Negotiation') },
    })
    expect(at(data, 'moveOpportunity')).toMatchObject({
      opportunity: {
        version: 2,
        stage: { name: 'Negotiation' },
        stageHistory: {
          nodes: [
            { stage: { name: 'Negotiation' }, leftAt: null, seconds: 0 },
            { stage: { name: 'Qualification' }, leftAt: NOW.toISOString(), seconds: 0 },
          ],
        },
      },
      userErrors: [],
    })
  })

  it('to a won stage closes the deal; to a lost stage it is refused, because a reason is missing', async () => {
    const deal = await addDeal(member())
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: stage('Closed lost') })).toMatchObject({
      opportunity: null,
      userErrors: [
        { code: 'INVALID', path: ['input', 'stageId'], message: expect.stringContaining('closeOpportunity') },
      ],
    })
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: stage('Closed won') })).toMatchObject({
      opportunity: { status: 'WON', probability: 100, forecastCategory: 'CLOSED', closedOn: '2026-03-10' },
    })
    expect(
      await act(member(), 'moveOpportunity', { id: deal.id, version: 2, stageId: stage('Proposal') }),
    ).toMatchObject({
      userErrors: [
        { code: 'RULE_VIOLATION', path: ['input', 'stageId'], message: expect.stringContaining('reopenOpportunity') },
      ],
    })
  })

  it('is refused for an unknown stage, a stale version and two places', async () => {
    const deal = await addDeal(member())
    const stageId = stage('Proposal')
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId: 'stage_nothing' })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'stageId'] }],
    })
    expect(await act(member(), 'moveOpportunity', { id: deal.id, version: 3, stageId })).toMatchObject({
      userErrors: [{ __typename: 'StaleVersionError' }],
    })
    expect(
      await act(member(), 'moveOpportunity', { ...deal, stageId, position: '1', beforeId: deal.id }),
    ).toMatchObject({
      userErrors: [{ code: 'INVALID', path: ['input', 'position'] }],
    })
    expect(await act(member(), 'moveOpportunity', { ...deal, stageId, beforeId: deal.id })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'beforeId'] }],
    })
  })
})

describe('closeOpportunity and reopenOpportunity', () => {
  it('close a deal as lost with a reason, and open it again where it was', async () => {
    const deal = await addDeal(member(), { stageId: stage('Proposal') })
    expect(await act(member(), 'closeOpportunity', { ...deal, outcome: 'LOST' })).toMatchObject({
      opportunity: null,
      userErrors: [{ code: 'INVALID', path: ['input', 'lossReasonId'], message: 'A lost deal needs a reason.' }],
    })
    const lossReasonId = await lossReason(member(), 'Competitor')
    expect(await act(member(), 'closeOpportunity', { ...deal, outcome: 'WON', lossReasonId })).toMatchObject({
      userErrors: [{ code: 'INVALID', path: ['input', 'lossReasonId'] }],
    })
    const data = await member().must(operation('CloseOpportunity'), {
      input: { ...deal, outcome: 'LOST', lossReasonId, comment: 'Too late.' },
    })
    expect(at(data, 'closeOpportunity')).toEqual({
      opportunity: {
        id: deal.id,
        version: 2,
        status: 'LOST',
        closedAt: NOW.toISOString(),
        lossReason: { name: 'Competitor' },
      },
      userErrors: [],
    })
    expect(await act(member(), 'closeOpportunity', { id: deal.id, version: 2, outcome: 'WON' })).toMatchObject({
      userErrors: [{ code: 'RULE_VIOLATION', path: ['input', 'id'] }],
    })
    expect(await act(member(), 'reopenOpportunity', { id: deal.id, version: 2 })).toMatchObject({
      opportunity: {
        status: 'OPEN',
        stage: { name: 'Proposal' },
        closedOn: null,
        closedAt: null,
        lossReason: null,
        lossComment: null,
        probability: 50,
      },
    })
    expect(await act(member(), 'reopenOpportunity', { id: deal.id, version: 3 })).toMatchObject({
      userErrors: [{ code: 'RULE_VIOLATION', path: ['input', 'id'] }],
    })
  })

  it('reopen a deal in another open stage only', async () => {
    const deal = await mustAct(member(), 'closeOpportunity', { ...(await addDeal(member())), outcome: 'WON' })
    for (const name of ['Closed lost', 'Closed won'])
      expect(await act(member(), 'reopenOpportunity', { ...deal, stageId: stage(name) })).toMatchObject({
        userErrors: [{ code: 'INVALID', path: ['input', 'stageId'], message: expect.stringContaining(name) }],
      })
    expect(await act(member(), 'reopenOpportunity', { ...deal, stageId: stage('Negotiation') })).toMatchObject({
      opportunity: { stage: { name: 'Negotiation' }, status: 'OPEN' },
    })
  })
})

describe('members', () => {
  it('have shares that add up to 100 %, exactly', async () => {
    const users = await member().must('{ users { nodes { id } } }', {})
    const ids = listAt(users, 'users.nodes').map((user) => String(at(user, 'id')))
    const create = async (shares: readonly (string | null)[]) =>
      at(
        await member().must(
          'mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { opportunity { members { splitPercent } } userErrors { path message } } }',
          {
            input: {
              name: 'Split',
              members: shares.map((splitPercent, index) => ({ userId: ids[index], splitPercent })),
            },
          },
        ),
        'createOpportunity',
      )
    expect(await create(['33.33', '33.33', '33.33'])).toEqual({
      opportunity: null,
      userErrors: [{ path: ['input', 'members'], message: 'The shares have to add up to 100 %, and not to 99.99 %.' }],
    })
    expect(await create(['33.33', '33.33', '33.34'])).toMatchObject({ userErrors: [] })
    expect(await create(['100', null])).toMatchObject({ userErrors: [] })
    expect(await create([null])).toMatchObject({ userErrors: [] })
    expect(await create(['33.333', '66.667'])).toMatchObject({ opportunity: null })
  })
})
