import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AcceptQuoteDocument,
  ApproveQuoteDocument,
  CreateQuoteDocument,
  QuoteDiffDocument,
  SendQuoteDocument,
  SubmitQuoteDocument,
} from '../../generated/graphql/graphql.ts'
import { addQuote, addSelling, readQuote, type Selling } from '../modules/quotes/selling.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRecord } from '../support/records.ts'

/** Runs the operations of sell.graphql on quotes: each does what its comment says. */
let app: TestApp
let selling: Selling

beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z'), publicUrl: 'https://crm.example.com' })
  selling = await addSelling(app)
})
afterAll(() => app.close())

/** Adds a quote of the member, and submits it. */
async function submitted(input: object = {}) {
  const { id, version } = await addQuote(app.as('member'), selling, input)
  const { submitQuote } = await app.as('member').must(SubmitQuoteDocument, { input: { id, version } })
  expect(submitQuote.userErrors).toEqual([])
  if (!submitQuote.quote) throw new Error('The quote was not submitted.')
  return submitQuote.quote
}

describe('the GraphQL operations on quotes in sell.graphql', () => {
  it('CreateQuote takes prices from the price book where none is given, and computes the totals', async () => {
    const { createQuote } = await app.as('member').must(CreateQuoteDocument, {
      input: {
        opportunityId: selling.deal.id,
        validUntil: '2026-12-31',
        currency: 'EUR',
        lines: [
          { productId: selling.desk.id, quantity: '2', discountPercent: '10' },
          { productId: selling.chair.id, quantity: '1', unitPrice: { amount: '90', currency: 'EUR' } },
        ],
        discountPercent: '5',
      },
    })
    expect(createQuote.userErrors).toEqual([])
    expect(createQuote.quote).toMatchObject({
      version: 1,
      number: expect.stringMatching(/^Q-\d+$/),
      status: 'DRAFT',
      validUntil: '2026-12-31',
      lines: [
        { product: { name: 'Desk' }, unitPrice: { amount: '400.00' }, total: { amount: '720.00' } },
        { product: { name: 'Chair' }, unitPrice: { amount: '90.00' }, total: { amount: '90.00' } },
      ],
      subtotal: { amount: '810.00' },
      discount: { amount: '40.50' },
      tax: { amount: '0.00' },
      total: { amount: '769.50', currency: 'EUR' },
    })
  })

  it('SubmitQuote approves a quote at once within the authority of the caller', async () => {
    expect(await submitted()).toMatchObject({
      status: 'APPROVED',
      approval: { status: 'APPROVED', steps: [], reasons: [expect.any(String)] },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  it('SubmitQuote asks for approval above it, which ApproveQuote gives', async () => {
    const { id, version, status, approval } = await submitted({ discountPercent: '30' })
    expect({ status, approval }).toMatchObject({
      status: 'IN_REVIEW',
      approval: { status: 'PENDING', steps: [{ approvers: [{ displayName: 'admin' }], status: 'PENDING' }] },
    })
    const { approveQuote } = await app.as('admin').must(ApproveQuoteDocument, {
      input: { id, version, reason: 'A customer for years.' },
    })
    expect(approveQuote).toMatchObject({ quote: { id, status: 'APPROVED' }, userErrors: [] })
  })

  it('SendQuote makes a version with a document and an address; AcceptQuote wins the deal and makes an order', async () => {
    const { id, version } = await submitted()
    const { sendQuote } = await app.as('member').must(SendQuoteDocument, {
      input: { id, version, toContactId: selling.contact.id },
    })
    expect(sendQuote).toMatchObject({
      quote: {
        status: 'SENT',
        versionNumber: 1,
        document: {
          url: expect.stringMatching(/^https:\/\/crm\.example\.com\//),
          checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        acceptUrl: expect.stringMatching(/^https:\/\/crm\.example\.com\//),
      },
      userErrors: [],
    })
    const { acceptQuote } = await app.as('member').must(AcceptQuoteDocument, {
      input: { id, version: sendQuote.quote?.version ?? 0, versionNumber: 1, acceptedBy: 'Ada Okafor' },
    })
    expect(acceptQuote).toMatchObject({
      quote: { id, status: 'ACCEPTED' },
      opportunity: { id: selling.deal.id, status: 'WON' },
      order: { number: expect.any(String), total: { amount: '800.00', currency: 'EUR' } },
      userErrors: [],
    })
  })

  it('QuoteDiff tells what differs between two versions', async () => {
    const deal = await addRecord(app.as('member'), 'Opportunity', {
      name: 'Other',
      accountId: selling.account.id,
      amount: { amount: '1', currency: 'EUR' },
    })
    const first = await submitted({ opportunityId: deal.id })
    const send = async (version: number) => {
      const input = { id: first.id, version, toContactId: selling.contact.id }
      const { sendQuote } = await app.as('member').must(SendQuoteDocument, { input })
      expect(sendQuote.userErrors).toEqual([])
      return sendQuote.quote?.version ?? 0
    }
    const revise = `mutation ($input: ReviseQuoteInput!) { reviseQuote(input: $input) { quote { version } userErrors { code } } }`
    await app.as('member').must(revise, { input: { id: first.id, version: await send(first.version) } })
    const update = `mutation ($input: UpdateQuoteInput!) { updateQuote(input: $input) { quote { version } userErrors { code } } }`
    const lines = [{ productId: selling.desk.id, quantity: '3' }]
    const { id } = first
    await app.as('member').must(update, { input: { id, version: await versionOf(id), lines } })
    await app.as('member').must(SubmitQuoteDocument, { input: { id, version: await versionOf(id) } })
    await send(await versionOf(id))
    const { quote } = await app.as('member').must(QuoteDiffDocument, { id, from: 1, to: 2 })
    expect(quote?.diff).toContainEqual({ path: ['lines', '0', 'quantity'], from: '2.00', to: '3.00' })
  })
})

async function versionOf(id: string): Promise<number> {
  const quote = await readQuote(app.as('member'), { id }, 'version')
  return typeof quote === 'object' && quote && 'version' in quote ? Number(quote.version) : 0
}
