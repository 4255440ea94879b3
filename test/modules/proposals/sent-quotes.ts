import { at, textAt } from '../../../src/testing/answers.ts'
import type { TestApp } from '../../support/app.ts'
import { act, addDeal, addQuote, type Selling } from '../quotes/selling.ts'

/** A quote that was sent, and the addresses of it. */
export interface SentQuote {
  readonly id: string
  readonly version: number
  readonly acceptUrl: string
  readonly documentUrl: string
  readonly checksum: string
}

export const SENT = 'id version status versionNumber document { url checksum byteCount } acceptUrl'

/** Adds a deal with a quote, approves it and sends it. */
export async function sendNewQuote(app: TestApp, selling: Selling, input: object = {}): Promise<SentQuote> {
  const boss = app.as('admin')
  const deal = await addDeal(app, selling.account)
  const { id, version } = await addQuote(boss, { ...selling, deal }, input)
  return sendQuote(app, selling, { id, version })
}

/** Submits a draft, which the administrator may approve, and sends it. */
export async function sendQuote(
  app: TestApp,
  { contact }: Selling,
  draft: { readonly id: string; readonly version: number },
): Promise<SentQuote> {
  const boss = app.as('admin')
  const { version } = await act(boss, 'submitQuote', draft)
  const { quote, errors } = await act(boss, 'sendQuote', { id: draft.id, version, toContactId: contact.id }, SENT)
  if (errors.length > 0) throw new Error(errors.join(', '))
  return {
    id: draft.id,
    version: Number(at(quote, 'version')),
    acceptUrl: textAt(quote, 'acceptUrl'),
    documentUrl: textAt(quote, 'document.url'),
    checksum: textAt(quote, 'document.checksum'),
  }
}

/** Requests an address as a browser without any credential would; with fields, it sends a form. */
export function open(app: TestApp, url: string, fields?: Readonly<Record<string, string>>): Promise<Response> {
  const address = new URL(url, 'http://localhost')
  return app.fetch(
    fields ? new Request(address, { method: 'POST', body: new URLSearchParams(fields) }) : new Request(address),
  )
}
