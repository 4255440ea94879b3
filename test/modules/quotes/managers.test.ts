import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { addRecord } from '../../support/records.ts'
import { act, addDeal, addQuote, addSelling, type Selling } from './selling.ts'

let app: TestApp
let made: Selling
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addSelling(app)
})
afterAll(() => app.close())

const SELLS = [
  'quote:*',
  'quoteApproval:read',
  'quoteApprovalStep:read',
  'opportunity:*',
  'account:read',
  'contact:read',
  'product:read',
  'priceBook:read',
  'priceBookEntry:read',
  'accountPriceBook:read',
  'user:read',
] as const
const APPROVAL = 'version status approval { steps { status approvers { id } } }'

it('a step of managers is decided by users with the role above those of the seller, one level after the other', async () => {
  const top = await userWho(app, SELLS)
  const manager = await userWho(app, SELLS, { above: top.roleId })
  const seller = await userWho(app, SELLS, { above: manager.roleId })
  const colleague = await userWho(app, SELLS, { above: manager.roleId })
  await addRecord(app.as('admin'), 'QuoteApprovalPolicy', {
    name: 'Large discounts',
    filter: { totalDiscountPercent: { gte: '30' } },
    steps: [
      { kind: 'MANAGER', level: 1, sequence: 1 },
      { kind: 'MANAGER', level: 2, sequence: 2 },
    ],
  })
  const deal = await addDeal(app, made.account)
  const quote = await addQuote(seller, { ...made, deal }, { discountPercent: '30' })
  const submitted = await act(seller, 'submitQuote', quote, APPROVAL)
  const idOf = async (person: typeof top) => textAt(await person.must('{ viewer { actor { id } } }'), 'viewer.actor.id')
  expect(listAt(submitted.quote, 'approval.steps')).toMatchObject([
    { status: 'PENDING', approvers: [{ id: await idOf(manager) }] },
    { status: 'WAITING', approvers: [{ id: await idOf(top) }] },
  ])
  const sent = { id: quote.id, version: submitted.version }
  for (const person of [seller, colleague, top])
    expect((await act(person, 'approveQuote', sent)).errors).toEqual(['RULE_VIOLATION id'])
  const first = await act(manager, 'approveQuote', sent, APPROVAL)
  expect(at(first.quote, 'status')).toBe('IN_REVIEW')
  const next = { id: quote.id, version: first.version }
  expect((await act(manager, 'approveQuote', next)).errors).toEqual(['RULE_VIOLATION id'])
  expect((await act(top, 'approveQuote', next)).quote).toMatchObject({ status: 'APPROVED' })
})
