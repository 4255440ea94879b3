import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runJobNow } from '../../../src/platform/jobs/run-job.ts'
import { at, listAt } from '../../../src/testing/answers.ts'
import { backgroundOf } from '../../plugins/background/shipping.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import type { Made } from '../../support/records.ts'
import { act, addDeal, addQuote, addSelling, readQuote, type Selling } from './selling.ts'

let app: TestApp
let made: Selling
let now = new Date('2026-03-01T12:00:00Z')
beforeAll(async () => {
  app = await createTestApp({ now: () => now })
  made = await addSelling(app)
})
afterAll(() => app.close())
beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z')
  made = { ...made, deal: await addDeal(app, made.account) }
})

async function send(quote: Made): Promise<number> {
  const { version } = await act(app.as('member'), 'submitQuote', quote)
  const sent = await act(app.as('member'), 'sendQuote', { id: quote.id, version, toContactId: made.contact.id })
  expect(sent.errors).toEqual([])
  return sent.version
}

async function accept(quote: { readonly id: string }, version: number, versionNumber = 1) {
  const data = await app
    .as('member')
    .must(
      `mutation ($input: AcceptQuoteInput!) { acceptQuote(input: $input) { quote { id status acceptedBy } opportunity { id status amount { amount } } userErrors { code message path } } }`,
      { input: { id: quote.id, version, versionNumber, acceptedBy: 'Ada Okafor' } },
    )
  return {
    answer: at(data, 'acceptQuote'),
    codes: listAt(data, 'acceptQuote.userErrors').map((error) => at(error, 'code')),
  }
}

it('an accepted quote closes its opportunity as won, with its lines', async () => {
  const quote = await addQuote(app.as('member'), made, { discountPercent: '0' })
  const { answer } = await accept(quote, await send(quote))
  expect(answer).toMatchObject({
    quote: { status: 'ACCEPTED', acceptedBy: 'Ada Okafor' },
    opportunity: { status: 'WON', amount: { amount: '800.00' } },
  })
})

it('two who accept at the same time: one does', async () => {
  const quote = await addQuote(app.as('member'), made)
  const version = await send(quote)
  const both = await Promise.all([accept(quote, version), accept(quote, version)])
  expect(both.flatMap(({ codes }) => codes)).toHaveLength(1)
})

it('of two quotes of an opportunity one is accepted, and the other is superseded', async () => {
  const quotes = [await addQuote(app.as('member'), made), await addQuote(app.as('member'), made)] as const
  const versions = [await send(quotes[0]), await send(quotes[1])] as const
  const both = await Promise.all([accept(quotes[0], versions[0]), accept(quotes[1], versions[1])])
  expect(both.flatMap(({ codes }) => codes)).toHaveLength(1)
  const states = await Promise.all(
    quotes.map(async (quote) => at(await readQuote(app.as('admin'), quote, 'status'), 'status')),
  )
  expect(states.toSorted()).toEqual(['ACCEPTED', 'SUPERSEDED'])
})

it('an accepted quote that was not the primary one is, and the deal is won with its amount', async () => {
  const first = await addQuote(app.as('member'), made, { lines: [{ productId: made.chair.id, quantity: '1' }] })
  const other = await addQuote(app.as('member'), made)
  const { answer } = await accept(other, await send(other))
  expect(answer).toMatchObject({ opportunity: { status: 'WON', amount: { amount: '800.00' } } })
  expect(await readQuote(app.as('admin'), first, 'isPrimary')).toEqual({ isPrimary: false })
  expect(await readQuote(app.as('admin'), other, 'isPrimary')).toEqual({ isPrimary: true })
})

it('a quote whose last day has passed is not submitted', async () => {
  const quote = await addQuote(app.as('member'), made, { validUntil: '2026-02-28' })
  expect((await act(app.as('member'), 'submitQuote', quote)).errors).toEqual(['RULE_VIOLATION id'])
})

it('is refused for another version, after the last day, and for a draft', async () => {
  const quote = await addQuote(app.as('member'), made)
  expect((await accept(quote, 1)).codes).toContain('RULE_VIOLATION')
  const version = await send(quote)
  expect((await accept(quote, version, 2)).codes).toEqual(['INVALID'])
  now = new Date('2027-01-01T12:00:00Z')
  expect((await accept(quote, version)).codes).toEqual(['RULE_VIOLATION'])
})

it('a job expires what was sent and is no longer valid, and nothing else', async () => {
  const sent = await addQuote(app.as('member'), made)
  const draft = await addQuote(app.as('member'), made)
  await send(sent)
  const expire = () => runJobNow(backgroundOf(app), app.as('member').actor.workspaceId, 'quotes.expire')
  const states = () =>
    Promise.all([sent, draft].map(async (quote) => at(await readQuote(app.as('admin'), quote, 'status'), 'status')))
  await expire()
  expect(await states()).toEqual(['SENT', 'DRAFT'])
  now = new Date('2027-01-01T12:00:00Z')
  await expire()
  expect(await states()).toEqual(['EXPIRED', 'DRAFT'])
})

it('a revised quote gets another version, and the difference of both can be read', async () => {
  const quote = await addQuote(app.as('member'), made)
  const sent = await send(quote)
  const revised = await act(app.as('member'), 'reviseQuote', { id: quote.id, version: sent })
  expect((await accept(quote, revised.version)).codes).toEqual(['RULE_VIOLATION'])
  const lines = [{ productId: made.desk.id, quantity: '3' }]
  const edited = await act(app.as('member'), 'updateQuote', { id: quote.id, version: revised.version, lines })
  await send({ id: quote.id, version: edited.version })
  const read = await readQuote(
    app.as('member'),
    quote,
    'versionNumber versions { nodes { number status contentHash } } diff(from: 1, to: 2) { path from to }',
  )
  expect(read).toMatchObject({
    versionNumber: 2,
    versions: {
      nodes: [
        { number: 2, status: 'SENT' },
        { number: 1, status: 'SUPERSEDED' },
      ],
    },
  })
  expect(listAt(read, 'diff')).toContainEqual({ path: ['lines', '0', 'quantity'], from: '2.00', to: '3.00' })
  expect(listAt(read, 'diff')).toContainEqual({ path: ['total'], from: '800.00', to: '1200.00' })
})

it('a quote that was sent is neither edited nor deleted', async () => {
  const quote = await addQuote(app.as('member'), made)
  const version = await send(quote)
  const edit = { id: quote.id, version, discountPercent: '99' }
  expect((await act(app.as('member'), 'updateQuote', edit)).errors).toEqual(['RULE_VIOLATION id'])
  expect((await act(app.as('member'), 'deleteQuote', { id: quote.id })).errors).toEqual(['RULE_VIOLATION id'])
})

it('the lines of the opportunity follow the primary quote', async () => {
  const first = await addQuote(app.as('member'), made)
  const other = await addQuote(app.as('member'), made, {
    lines: [{ productId: made.chair.id, quantity: '3', discountPercent: '33.33' }],
    discountPercent: '5',
  })
  const deal = async () =>
    at(
      await readQuote(
        app.as('member'),
        first,
        'opportunity { amount { amount } lines { product { name } total { amount } } }',
      ),
      'opportunity',
    )
  expect(await deal()).toMatchObject({ amount: { amount: '800.00' }, lines: [{ product: { name: 'Desk' } }] })
  expect((await act(app.as('member'), 'makeQuotePrimary', other)).errors).toEqual([])
  expect(await deal()).toMatchObject({
    amount: { amount: '190.01' },
    lines: [{ product: { name: 'Chair' }, total: { amount: '190.01' } }],
  })
})
