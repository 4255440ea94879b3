import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { userWho } from '../../permissions/people.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import type { Made } from '../../support/records.ts'
import { act, addDeal, addQuote, addSelling, readQuote, type Selling } from './selling.ts'

/*
 * No path leads to an approved, sent or accepted quote whose numbers were not approved. Random people do random things
 * with a quote, one after the other and two at once, and after each the quote is compared with what was approved.
 */

let app: TestApp
let made: Selling
let people: readonly TestClient[]
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  made = await addSelling(app)
  const rights = ['*:read', 'user:read', 'quote:update', 'opportunity:update', 'approvalDelegation:create'] as const
  people = [app.as('member'), app.as('admin'), await userWho(app, [...rights]), await userWho(app, [...rights])]
})
afterAll(() => app.close())

const { FUZZ_QUERIES } = process.env

/** What somebody does. `who` is a place among the people, and `value` varies what is done. */
interface Step {
  readonly kind: keyof typeof STEPS
  readonly who: number
  readonly value: number
}

type Doing = (client: TestClient, quote: Made, value: number) => Promise<unknown>

const run =
  (name: string, input: (value: number) => object = () => ({})): Doing =>
  (client, quote, value) =>
    act(client, name, { ...quote, ...input(value) })

const STEPS = {
  editDiscount: run('updateQuote', (value) => ({ discountPercent: String(value % 60) })),
  editLines: run('updateQuote', (value) => ({
    lines: [{ productId: made.desk.id, quantity: String(1 + (value % 3)) }],
  })),
  editPrice: run('updateQuote', (value) => ({
    lines: [{ productId: made.chair.id, quantity: '2', unitPrice: { amount: String(value), currency: 'EUR' } }],
  })),
  editTerms: run('updateQuote', (value) => ({ terms: `Paid within ${value} days.` })),
  editNotes: run('updateQuote', (value) => ({ notes: `Note ${value}` })),
  submit: run('submitQuote'),
  approve: run('approveQuote'),
  reject: run('rejectQuote', () => ({ reason: 'Too cheap.' })),
  recall: run('recallQuote'),
  send: run('sendQuote', () => ({ toContactId: made.contact.id })),
  revise: run('reviseQuote'),
  decline: run('declineQuote', (value) => ({ versionNumber: 1 + (value % 2) })),
  accept: (client, { id, version }, value) =>
    client.query('mutation ($input: AcceptQuoteInput!) { acceptQuote(input: $input) { userErrors { code } } }', {
      input: { id, version, versionNumber: 1 + (value % 2), acceptedBy: 'Ada' },
    }),
  delegate: async (client, _quote, value) => {
    const users = listAt(await app.as('admin').must('{ users(first: 20) { nodes { id } } }'), 'users.nodes')
    const toId = at(users[value % users.length], 'id')
    return client.query(
      'mutation ($input: CreateApprovalDelegationInput!) { createApprovalDelegation(input: $input) { userErrors { code } } }',
      { input: { toId, startsOn: '2026-03-01', endsOn: '2026-03-02' } },
    )
  },
} satisfies Readonly<Record<string, Doing>>

const FACTS = `version status contentHash total { amount } versionNumber
  approval { status contentHash submittedBy { id } steps { status decidedBy { id } } } owner { id }
  versions(first: 5) { nodes { number contentHash content total { amount } approval { status contentHash } } }
  decisions(first: 100) { nodes { kind contentHash total { amount } actor { id } } }`

/** The states in which the numbers of a quote have to be approved. */
const BOUND = ['APPROVED', 'SENT', 'ACCEPTED']
const APPROVING = ['APPROVED', 'APPROVED_WITHIN_AUTHORITY']

function check(quote: unknown): void {
  const [hash, total, status] = [at(quote, 'contentHash'), at(quote, 'total.amount'), String(at(quote, 'status'))]
  const decisions = listAt(quote, 'decisions.nodes')
  const isApproved = (content: unknown, amount: unknown) =>
    decisions.some(
      (decision) =>
        APPROVING.includes(String(at(decision, 'kind'))) &&
        at(decision, 'contentHash') === content &&
        at(decision, 'total.amount') === amount,
    )
  if (BOUND.includes(status)) {
    expect(at(quote, 'approval')).toMatchObject({ status: 'APPROVED', contentHash: hash })
    expect(isApproved(hash, total)).toBe(true)
  }
  for (const version of listAt(quote, 'versions.nodes')) {
    expect(at(version, 'content.total')).toBe(at(version, 'total.amount'))
    expect(at(version, 'approval.contentHash')).toBe(at(version, 'contentHash'))
    expect(isApproved(at(version, 'contentHash'), at(version, 'total.amount'))).toBe(true)
  }
  if (at(quote, 'approval') === null) return
  // Who submitted it approves no step of it.
  const seller = at(quote, 'approval.submittedBy.id')
  for (const step of listAt(quote, 'approval.steps'))
    if (at(step, 'decidedBy.id')) expect(at(step, 'decidedBy.id')).not.toBe(seller)
}

const step: fc.Arbitrary<Step> = fc.record({
  // Some steps are needed often to get anywhere.
  kind: fc.constantFrom(
    ...Object.keys(STEPS).filter(isKind),
    'submit',
    'submit',
    'approve',
    'approve',
    'send',
    'accept',
  ),
  who: fc.nat(3),
  value: fc.nat(99),
})

function isKind(name: string): name is Step['kind'] {
  return Object.hasOwn(STEPS, name)
}

it('no sequence of edits, submissions, approvals, recalls, delegations and races leads to numbers that nobody approved', async () => {
  const reached = new Set<unknown>()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(step, fc.option(step, { freq: 3 })), { minLength: 8, maxLength: 14 }),
      async (steps) => {
        const deal = await addDeal(app, made.account)
        const { id } = await addQuote(app.as('member'), { ...made, deal })
        for (const [one, other] of steps) {
          const { version } = Object(await readQuote(app.as('admin'), { id }, 'version'))
          const both = other ? [one, other] : [one]
          await Promise.all(
            both.map(({ kind, who, value }) => STEPS[kind](people[who] ?? app.as('member'), { id, version }, value)),
          )
          const quote = await readQuote(app.as('admin'), { id }, FACTS)
          check(quote)
          reached.add(at(quote, 'status'))
        }
      },
    ),
    // The same sequences each time, which reach what they have to: others as many as FUZZ_QUERIES says.
    FUZZ_QUERIES === undefined ? { numRuns: 15, seed: 20_261_130 } : { numRuns: Number(FUZZ_QUERIES) },
  )
  // The sequences get somewhere: otherwise the property would say nothing.
  expect([...reached]).toEqual(expect.arrayContaining(['IN_REVIEW', 'APPROVED', 'SENT']))
}, 60_000)
