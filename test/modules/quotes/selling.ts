import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import type { TestApp } from '../../support/app.ts'
import { addAccount, addContact, addRecord, type Made } from '../../support/records.ts'

/** What a quote is made of: two products with list prices and costs, and a deal with an account and a contact. */
export interface Selling {
  readonly desk: Made
  readonly chair: Made
  readonly account: Made
  readonly contact: Made
  readonly deal: Made
}

/** Adds products, prices and a deal: a desk for 400 EUR that costs 250, and a chair for 100 EUR that costs 60. */
export async function addSelling(app: TestApp): Promise<Selling> {
  const boss = app.as('admin')
  const euros = (amount: string) => ({ amount, currency: 'EUR' })
  const desk = await addRecord(boss, 'Product', { name: 'Desk', sku: 'D-1', unit: 'piece', cost: euros('250') })
  const chair = await addRecord(boss, 'Product', { name: 'Chair', sku: 'C-1', cost: euros('60') })
  const list = await addRecord(boss, 'PriceBook', { name: 'List', currency: 'EUR', isDefault: true })
  for (const [product, amount] of [
    [desk, '400'],
    [chair, '100'],
  ] as const)
    await addRecord(boss, 'PriceBookEntry', { productId: product.id, priceBookId: list.id, unitPrice: euros(amount) })
  const account = await addAccount(boss, { name: 'Acme' })
  const contact = await addContact(boss, { lastName: 'Okafor' })
  return { desk, chair, account, contact, deal: await addDeal(app, account) }
}

export function addDeal(app: TestApp, account: Made): Promise<Made> {
  return addRecord(app.as('admin'), 'Opportunity', {
    name: 'Office for Acme',
    accountId: account.id,
    amount: { amount: '5000', currency: 'EUR' },
  })
}

/** Creates a quote for the deal. Default: valid until the end of 2026, two desks. */
export function addQuote(client: TestClient, selling: Selling, input: object = {}): Promise<Made> {
  return addRecord(client, 'Quote', {
    opportunityId: selling.deal.id,
    validUntil: '2026-12-31',
    lines: [{ productId: selling.desk.id, quantity: '2' }],
    ...input,
  })
}

/** Fields of a quote that tests look at. */
export const QUOTE = `id version number status validUntil name isPrimary versionNumber contentHash
  lines { id product { name } groupName quantity unitPrice { amount currency } discountPercent taxPercent amount { amount } total { amount } net { amount } tax { amount } }
  groups { name discountPercent subtotal { amount } discount { amount } total { amount } }
  subtotal { amount } discount { amount } tax { amount } total { amount currency }`

/** Reads a quote. */
export async function readQuote(client: TestClient, { id }: { readonly id: string }, fields = QUOTE): Promise<unknown> {
  return at(await client.must(`query ($id: ID!) { quote(id: $id) { ${fields} } }`, { id }), 'quote')
}

/** Runs a mutation on a quote, and returns the payload's record and its errors as `code path`. */
export async function act(
  client: TestClient,
  name: string,
  input: object,
  fields = 'id version status',
): Promise<{ readonly quote: unknown; readonly version: number; readonly errors: readonly string[] }> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  const data = await client.must(
    `mutation ($input: ${type}!) { ${name}(input: $input) { quote { ${fields} } userErrors { code message path } } }`,
    { input },
  )
  const quote = at(data, `${name}.quote`)
  const errors = listAt(data, `${name}.userErrors`).map(
    (error) => `${textAt(error, 'code')} ${listAt(error, 'path').slice(1).join('.')}`,
  )
  return { quote, version: quote ? Number(at(quote, 'version')) : 0, errors }
}
