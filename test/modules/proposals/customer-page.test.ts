import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, listAt } from '../../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { act, addDeal, addQuote, addSelling, readQuote, type Selling } from '../quotes/selling.ts'
import { open, SENT, sendNewQuote, sendQuote } from './sent-quotes.ts'

let now = new Date('2026-03-01T12:00:00Z')
let app: TestApp
let made: Selling
beforeAll(async () => {
  app = await createTestApp({ now: () => now, publicUrl: 'https://crm.example.com' })
  made = await addSelling(app)
})
afterAll(() => app.close())

const send = (input: object = {}) => sendNewQuote(app, made, input)
const accept = (url: string, name = 'Ada Lovelace') => open(app, url, { action: 'accept', name })

const OUTCOME = `status acceptedBy opportunity { status } orders(first: 5) { nodes { number orderedBy quoteVersionNumber
  total { amount currency } lines(first: 9) { nodes { name quantity total { amount } } } } }`
const outcomeOf = (quote: { readonly id: string }) => readQuote(app.as('admin'), quote, OUTCOME)

describe('the document of a sent version', () => {
  it('has the checksum that the API answers, and what was offered', async () => {
    const { documentUrl, checksum } = await send({
      lines: [{ productId: made.chair.id, quantity: '3', taxPercent: '19' }],
    })
    expect(documentUrl).toMatch(/^https:\/\/crm\.example\.com\/signed\/quote-documents\//)
    const response = await open(app, documentUrl)
    expect(response.headers.get('content-type')).toBe('application/pdf')
    expect(response.headers.get('content-disposition')).toMatch(/^inline; filename="Q-\d+\.pdf"$/)
    expect(response.headers.get('x-robots-tag')).toContain('noindex')
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(checksum)
    const { text } = await extractText(await getDocumentProxy(bytes), { mergePages: true })
    expect(text.replace(/\s+/g, ' ')).toContain('Total €357.00')
    const head = await app.fetch(new Request(documentUrl, { method: 'HEAD' }))
    expect([head.status, head.headers.get('content-type'), await head.text()]).toEqual([200, 'application/pdf', ''])
  })

  it('stays as it was sent when the template, the customer and the prices change', async () => {
    const { id, checksum } = await send()
    await app
      .as('admin')
      .must('mutation { createProposalTemplate(input: { name: "New", color: "#aa0000" }) { proposalTemplate { id } } }')
    const data = await readQuote(app.as('admin'), { id }, SENT)
    expect(at(data, 'document.checksum')).toBe(checksum)
  })

  it('is refused to change by the database, also to the role of the server', async () => {
    await send()
    const change = app.database.app.query("update quote_documents set checksum = 'x'")
    await expect(change).rejects.toThrow('permission denied')
  })
})

describe('the customer’s page', () => {
  it('shows the quote and a form, and is safe to open', async () => {
    const { acceptUrl } = await send({
      lines: [{ productId: made.desk.id, quantity: '2', description: '<script>alert(1)</script>' }],
    })
    const response = await open(app, acceptUrl)
    const page = await response.text()
    expect(response.status).toBe(200)
    expect(page).toMatch(/<html lang="en">/)
    for (const part of [
      'Quotation Q-',
      'Desk',
      '€800.00',
      'Valid until December 31, 2026',
      '<label for="name">',
      'Accept and order',
    ])
      expect(page).toContain(part)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    const policy = response.headers.get('content-security-policy') ?? ''
    const styles = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? ''
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'`)
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('script')
    for (const [name, value] of [
      ['referrer-policy', 'no-referrer'],
      ['cache-control', 'no-store'],
      ['x-robots-tag', 'noindex, nofollow, noarchive'],
    ])
      expect(response.headers.get(name ?? '')).toBe(value)
    expect(response.headers.has('set-cookie')).toBe(false)
    const [, pdf = ''] = /class="pdf" href="([^"]+)"/.exec(page) ?? []
    expect((await open(app, pdf)).headers.get('content-type')).toBe('application/pdf')
  })

  it('accepts: the quote is accepted, the deal won, and there is an order with the same total', async () => {
    const quote = await send()
    const page = await (await accept(quote.acceptUrl)).text()
    expect(page).toContain('Accepted by Ada Lovelace on March 1, 2026')
    expect(page).not.toContain('<form')
    expect(await outcomeOf(quote)).toMatchObject({
      status: 'ACCEPTED',
      acceptedBy: 'Ada Lovelace',
      opportunity: { status: 'WON' },
      orders: {
        nodes: [
          {
            number: expect.stringMatching(/^O-\d{5}$/),
            orderedBy: 'Ada Lovelace',
            quoteVersionNumber: 1,
            total: { amount: '800.00', currency: 'EUR' },
            lines: { nodes: [{ name: 'Desk', quantity: '2.00', total: { amount: '800.00' } }] },
          },
        ],
      },
    })
  })

  it('accepts once, when it is sent twice, and by two people at once', async () => {
    const quote = await send()
    const answers = await Promise.all(['Ada', 'Grace', 'Ada'].map((name) => accept(quote.acceptUrl, name)))
    const pages = await Promise.all(answers.map((answer) => answer.text()))
    const name = String(at(await outcomeOf(quote), 'acceptedBy'))
    for (const page of pages) expect(page).toContain(`Accepted by ${name} on`)
    expect(listAt(await outcomeOf(quote), 'orders.nodes')).toHaveLength(1)
    expect(await (await open(app, quote.acceptUrl)).text()).toContain(`Accepted by ${name} on`)
  })

  it('declines, with a reason', async () => {
    const quote = await send()
    const page = await (await open(app, quote.acceptUrl, { action: 'decline', reason: 'Too dear' })).text()
    expect(page).toContain('<h2>Declined</h2>')
    expect(await readQuote(app.as('admin'), quote, 'status statusReason')).toEqual({
      status: 'REJECTED',
      statusReason: 'Too dear',
    })
    expect(await (await accept(quote.acceptUrl)).text()).toContain('<h2>Declined</h2>')
  })

  it('wins the deal with what was accepted, also when another quote was the primary one', async () => {
    const deal = await addDeal(app, made.account)
    await addQuote(app.as('admin'), { ...made, deal }, { lines: [{ productId: made.chair.id, quantity: '1' }] })
    const quote = await sendQuote(app, made, await addQuote(app.as('admin'), { ...made, deal }))
    expect((await accept(quote.acceptUrl)).status).toBe(200)
    expect(
      await readQuote(app.as('admin'), quote, 'status isPrimary opportunity { status amount { amount } }'),
    ).toEqual({
      status: 'ACCEPTED',
      isPrimary: true,
      opportunity: { status: 'WON', amount: { amount: '800.00' } },
    })
  })

  it.each([
    ['no name', { action: 'accept', name: '  ' }, 'Enter your full name.'],
    ['a name that is too long', { action: 'accept', name: 'x'.repeat(201) }, 'at most 200 characters'],
    ['a reason that is too long', { action: 'decline', reason: 'x'.repeat(501) }, 'at most 500 characters'],
  ])('says what is wrong with %s, and changes nothing', async (_, fields, message) => {
    const quote = await send()
    const response = await open(app, quote.acceptUrl, fields)
    const page = await response.text()
    expect(response.status).toBe(400)
    expect(page).toContain(message)
    expect(page).toContain('role="alert"')
    expect(await outcomeOf(quote)).toMatchObject({ status: 'SENT', orders: { nodes: [] } })
  })

  it.each([[{ name: 'Ada' }], [{ action: 'steal', name: 'Ada' }]])(
    'takes no answer from a form without its buttons: %j',
    async (fields: Readonly<Record<string, string>>) => {
      const quote = await send()
      expect((await open(app, quote.acceptUrl, fields)).status).toBe(400)
      expect(await outcomeOf(quote)).toMatchObject({ status: 'SENT', orders: { nodes: [] } })
    },
  )

  it('says that a newer version exists, that the quote has expired, and that it was withdrawn', async () => {
    const first = await send()
    const { version } = await act(app.as('admin'), 'reviseQuote', { id: first.id, version: first.version })
    expect(await (await accept(first.acceptUrl)).text()).toContain('There is a newer quotation')
    const second = await sendQuote(app, made, { id: first.id, version })
    expect(await (await accept(first.acceptUrl)).text()).toContain('There is a newer quotation')
    now = new Date('2027-01-01T00:00:00Z')
    expect(await (await accept(second.acceptUrl)).text()).toContain('Expired on December 31, 2026')
    now = new Date('2026-03-01T12:00:00Z')
    const recalled = await readQuote(app.as('admin'), second, 'version')
    await act(app.as('admin'), 'recallQuote', { id: second.id, version: Number(at(recalled, 'version')) })
    expect(await (await accept(second.acceptUrl)).text()).toContain('Withdrawn')
    expect(await outcomeOf(second)).toMatchObject({ status: 'RECALLED', orders: { nodes: [] } })
  })

  it('is not opened by any address but the one that was signed: one and the same answer', async () => {
    const { acceptUrl, documentUrl } = await send()
    const token = acceptUrl.split('/').at(-1) ?? ''
    const [header = '', payload = '', signature = ''] = token.split('.')
    const forged = await new SignJWT({ workspace: app.as('admin').actor.workspaceId })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('quotes')
      .setSubject('00000000-0000-7000-8000-000000000000')
      .setExpirationTime('1d')
      .sign(new TextEncoder().encode('a guessed key of at least 32 bytes, which is wrong'))
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const bad = [
      '/signed/quotes/',
      '/signed/quotes/x',
      '/signed/other/x',
      `/signed/quotes/${forged}`,
      `/signed/quotes/${none}.${payload}.`,
      `/signed/quotes/${header}.${payload}.${[...signature].toReversed().join('')}`,
      `/signed/quotes/${documentUrl.split('/').at(-1)}`,
      `/signed/quote-documents/${token}`,
      `/signed/quotes/${token}/more`,
      `/signed/quotes/${'x'.repeat(5_000)}`,
    ]
    const answers = await Promise.all(bad.map(async (path) => answerOf(await open(app, path))))
    now = new Date('2027-04-01T00:00:00Z')
    answers.push(await answerOf(await accept(acceptUrl)))
    now = new Date('2026-03-01T12:00:00Z')
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^404 .*This link is not valid, or not any more/s)
  })

  it('shows an address to those only who may write quotes', async () => {
    const { id } = await send()
    expect(await readQuote(app.as('reader'), { id }, 'acceptUrl document { checksum }')).toMatchObject({
      acceptUrl: null,
      document: { checksum: expect.any(String) },
    })
  })
})

/** Returns all of a response that a client can compare, but for the id of the request. */
async function answerOf(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'x-request-id')
  return `${response.status} ${JSON.stringify(headers)} ${await response.text()}`
}
