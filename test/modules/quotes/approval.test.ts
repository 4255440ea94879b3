import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { act, addQuote, addSelling, readQuote, type Selling } from './selling.ts'

let app: TestApp
let made: Selling
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addSelling(app)
})
afterAll(() => app.close())

const APPROVAL =
  'status contentHash approval { status contentHash reasons steps { name approvers { displayName } status decidedAt reason onBehalfOf { displayName } } } decisions { nodes { kind reason actor { displayName } } }'
const statusOf = async (quote: { readonly id: string }) =>
  at(await readQuote(app.as('admin'), quote, 'status'), 'status')

describe('submitQuote', () => {
  it('approves at once within the authority of a role, and records the use', async () => {
    const quote = await addQuote(app.as('member'), made)
    const submitted = await act(app.as('member'), 'submitQuote', quote, APPROVAL)
    expect(submitted.quote).toMatchObject({
      status: 'APPROVED',
      approval: { status: 'APPROVED', steps: [], reasons: ['Within the authority to negotiate of the role member.'] },
      decisions: { nodes: [{ kind: 'APPROVED_WITHIN_AUTHORITY' }] },
    })
    expect(at(submitted.quote, 'approval.contentHash')).toBe(at(submitted.quote, 'contentHash'))
  })

  it('asks users with a greater authority above the own one, and says why', async () => {
    const quote = await addQuote(app.as('member'), made, { discountPercent: '10' })
    const submitted = await act(app.as('member'), 'submitQuote', quote, APPROVAL)
    expect(submitted.quote).toMatchObject({
      status: 'IN_REVIEW',
      approval: {
        status: 'PENDING',
        reasons: ['The discount is more than your roles may give, or a product has no list price.'],
        steps: [{ name: 'Authority', status: 'PENDING', decidedAt: null }],
      },
    })
    const own = await act(app.as('member'), 'approveQuote', { id: quote.id, version: 2 })
    expect(own.errors).toEqual(['RULE_VIOLATION id'])
    const approved = await act(
      app.as('admin'),
      'approveQuote',
      { id: quote.id, version: 2, reason: 'Fine.' },
      `version ${APPROVAL}`,
    )
    expect(approved.quote).toMatchObject({
      status: 'APPROVED',
      approval: { status: 'APPROVED', steps: [{ status: 'APPROVED', reason: 'Fine.' }] },
    })
  })

  it('refuses a quote without lines, and one that is submitted already', async () => {
    const empty = await addQuote(app.as('member'), made, { lines: [] })
    expect((await act(app.as('member'), 'submitQuote', empty)).errors).toEqual(['RULE_VIOLATION id'])
    const quote = await addQuote(app.as('member'), made)
    const { version } = await act(app.as('member'), 'submitQuote', quote)
    expect((await act(app.as('member'), 'submitQuote', { id: quote.id, version })).errors).toEqual([
      'RULE_VIOLATION id',
    ])
  })
})

describe('an edit', () => {
  it('of what was approved makes the approval void; of notes does not', async () => {
    const quote = await addQuote(app.as('member'), made)
    const { version } = await act(app.as('member'), 'submitQuote', quote)
    const noted = await act(
      app.as('member'),
      'updateQuote',
      { id: quote.id, version, notes: 'Call first.' },
      `version ${APPROVAL}`,
    )
    expect(noted.quote).toMatchObject({ status: 'APPROVED', approval: { status: 'APPROVED' } })
    const edit = { id: quote.id, version: noted.version, lines: [{ productId: made.desk.id, quantity: '3' }] }
    const edited = await act(app.as('member'), 'updateQuote', edit, `version ${APPROVAL}`)
    expect(edited.quote).toMatchObject({ status: 'DRAFT', approval: { status: 'VOID' } })
    expect(listAt(edited.quote, 'decisions.nodes').map((node) => at(node, 'kind'))).toContain('VOIDED')
    const contact = { toContactId: made.contact.id }
    expect(
      (await act(app.as('member'), 'sendQuote', { id: quote.id, version: edited.version, ...contact })).errors,
    ).toEqual(['RULE_VIOLATION id'])
  })
})

describe('a policy', () => {
  it('adds steps in series and in parallel, and delegates decide for approvers', async () => {
    const boss = app.as('admin')
    const viewer = async (who: 'admin' | 'member' | 'reader') =>
      String(at(await app.as(who).must('{ viewer { actor { id } } }'), 'viewer.actor.id'))
    const [adminId, memberId, readerId] = await Promise.all([viewer('admin'), viewer('member'), viewer('reader')])
    const policy = await addRecord(boss, 'QuoteApprovalPolicy', {
      name: 'Half price',
      description: 'Discounts of 40 % or more.',
      filter: { totalDiscountPercent: { gte: '40' } },
      appliesWithinAuthority: true,
      steps: [
        { kind: 'USER', userId: readerId, sequence: 1 },
        { kind: 'USER', userId: adminId, sequence: 2 },
      ],
    })
    const quote = await addQuote(app.as('member'), made, { discountPercent: '40' })
    const submitted = await act(app.as('member'), 'submitQuote', quote, `version ${APPROVAL}`)
    expect(submitted.quote).toMatchObject({
      approval: { steps: [{ status: 'PENDING' }, { status: 'WAITING' }] },
    })
    expect(at(submitted.quote, 'approval.reasons')).toContain('Half price: Discounts of 40 % or more.')
    const early = await act(boss, 'approveQuote', { id: quote.id, version: submitted.version })
    expect(early.errors).toEqual(['RULE_VIOLATION id'])
    // The reader may change nothing; the administrator decides for the reader by a delegation.
    await addRecord(boss, 'ApprovalDelegation', {
      fromId: readerId,
      toId: adminId,
      startsOn: '2026-03-01',
      endsOn: '2026-03-01',
    })
    await addRecord(boss, 'ApprovalDelegation', {
      fromId: readerId,
      toId: memberId,
      startsOn: '2026-03-01',
      endsOn: '2026-03-01',
    })
    const own = await act(app.as('member'), 'approveQuote', { id: quote.id, version: submitted.version })
    expect(own.errors).toEqual(['RULE_VIOLATION id'])
    const first = await act(boss, 'approveQuote', { id: quote.id, version: submitted.version }, `version ${APPROVAL}`)
    expect(first.quote).toMatchObject({
      status: 'IN_REVIEW',
      approval: {
        steps: [{ status: 'APPROVED', onBehalfOf: { displayName: expect.any(String) } }, { status: 'PENDING' }],
      },
    })
    const second = await act(boss, 'approveQuote', { id: quote.id, version: first.version })
    expect(second.quote).toMatchObject({ status: 'APPROVED' })
    await act(boss, 'updateQuote', { id: quote.id, version: second.version, notes: 'x' })
    await boss.must(
      'mutation ($input: DeleteQuoteApprovalPolicyInput!) { deleteQuoteApprovalPolicy(input: $input) { userErrors { code } } }',
      { input: { id: policy.id } },
    )
  })

  it('and an authority are written only by those who administer roles', async () => {
    const data = await app
      .as('member')
      .must(
        'mutation ($input: CreateQuoteApprovalPolicyInput!) { createQuoteApprovalPolicy(input: $input) { userErrors { code path } } }',
        { input: { name: 'Mine', filter: {} } },
      )
    expect(at(data, 'createQuoteApprovalPolicy.userErrors.0.code')).toBe('RULE_VIOLATION')
  })
})

it('two approvals at the same time: one is stale, and the quote is approved once', async () => {
  const quote = await addQuote(app.as('member'), made, { discountPercent: '20' })
  const { version } = await act(app.as('member'), 'submitQuote', quote)
  const both = await Promise.all([1, 2].map(() => act(app.as('admin'), 'approveQuote', { id: quote.id, version })))
  expect(both.flatMap(({ errors }) => errors)).toEqual(['STALE_VERSION version'])
  expect(await statusOf(quote)).toBe('APPROVED')
})
