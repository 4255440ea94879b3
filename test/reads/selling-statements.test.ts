import { afterAll, beforeAll, expect, it } from 'vitest'
import { at, listAt } from '../../src/testing/answers.ts'
import { sendNewQuote } from '../modules/proposals/sent-quotes.ts'
import { addSelling } from '../modules/quotes/selling.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addRecord } from '../support/records.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp({ now: () => new Date('2026-03-01T12:00:00Z') })
  const selling = await addSelling(app)
  for (const quantity of ['1', '2', '3'])
    await sendNewQuote(app, selling, {
      lines: [{ productId: selling.chair.id, quantity, groupName: 'Seats' }],
      groups: [{ name: 'Seats', discountPercent: '1' }],
    })
  for (const lastName of ['Lovelace', 'Hopper', 'Noether'])
    await addRecord(app.as('admin'), 'Lead', { lastName, email: `${lastName.toLowerCase()}@leads.example` })
})
afterAll(() => app.close())

const QUOTES = `{ quotes(first: 3) { totalCount nodes {
  number status total { amount } marginPercent owner { displayName } account { name } contact { fullName }
  lines { product { name sku } quantity net { amount } total { amount } } groups { name total { amount } }
  approval { status steps { name status approvers { displayName } } } decisions(first: 3) { nodes { kind actor { displayName } } }
  versions(first: 3) { nodes { number contentHash document { checksum } } } orders(first: 1) { nodes { number } } document { checksum }
  opportunity { name stage { name } }
} } }`

const LEADS = `{ leads(first: 3) { totalCount nodes {
  fullName status score scoreReasons { points } owner { displayName } account { name }
  tasks(first: 1) { totalCount } timeline(first: 2) { nodes { id } } history(first: 2) { nodes { at } }
} } }`

const CATALOGUE = `{ products(first: 3) { nodes { name sku options { product { name } } optionGroups { name } } }
  priceBooks(first: 3) { nodes { name entries(first: 3) { nodes { product { name } unitPrice { amount } } } } } }`

const PIPELINES = `{ pipelines(first: 1) { nodes { name stages { name summary { count }
  opportunities(first: 3) { nodes { name amount { amount } lines { product { name } } members { user { displayName } } contacts(first: 2) { nodes { fullName } } } } } } } }`

it.each([
  ['leads', 'leads.nodes', LEADS],
  ['products and their prices', 'products.nodes', CATALOGUE],
  ['a board', 'pipelines.nodes', PIPELINES],
])('%s are read with one statement, whatever they show', async (_, path, query) => {
  app.resetStatements()
  const data = await app.as('admin').must(query)
  expect(listAt(data, path).length).toBeGreaterThan(0)
  expect(reads()).toHaveLength(1)
})

it('quotes are read with one statement, and all their documents together with another one', async () => {
  app.resetStatements()
  const data = await app.as('admin').must(QUOTES)
  for (const quote of listAt(data, 'quotes.nodes')) expect(at(quote, 'document.checksum')).toHaveLength(64)
  const [, documents = '', ...more] = reads()
  expect(more).toEqual([])
  // One part for those of quotes, and one for those of versions.
  expect(documents.match(/from "quote_documents"/g)).toHaveLength(2)
})

function reads(): readonly string[] {
  return app.statements.filter((text) => /\bselect\b/i.test(text))
}
