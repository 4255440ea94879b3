import { at, listAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import type { TestApp } from '../../support/app.ts'
import { addAccount, addRecord, type Made } from '../../support/records.ts'

/** Products with prices in US dollars, the default currency of a test workspace, and an account with a price book. */
export type PricedProducts = Readonly<Record<'chair' | 'desk' | 'yen' | 'account', Made>>

export const dollars = (amount: string) => ({ amount, currency: 'USD' })

/** Adds a chair (100.00, from 10 on 90.00, for the account 80.50), a desk (333.33), and a product with a price in yen only. */
export async function addPricedProducts(app: TestApp): Promise<PricedProducts> {
  const boss = app.as('admin')
  const list = await addRecord(boss, 'PriceBook', { name: 'List', currency: 'USD', isDefault: true })
  const own = await addRecord(boss, 'PriceBook', { name: 'Acme', currency: 'USD' })
  const inYen = await addRecord(boss, 'PriceBook', { name: 'List JPY', currency: 'JPY', isDefault: true })
  const product = (name: string) => addRecord(boss, 'Product', { name, sku: name })
  const made = {
    chair: await product('Chair'),
    desk: await product('Desk'),
    yen: await product('Yen only'),
    account: await addAccount(boss, { name: 'Acme' }),
  }
  await addRecord(boss, 'AccountPriceBook', { accountId: made.account.id, priceBookId: own.id })
  const price = (priceBook: Made, of: Made, amount: string, currency = 'USD', minimumQuantity = '0') =>
    addRecord(boss, 'PriceBookEntry', {
      productId: of.id,
      priceBookId: priceBook.id,
      unitPrice: { amount, currency },
      minimumQuantity,
    })
  await price(list, made.chair, '100')
  await price(list, made.chair, '90', 'USD', '10')
  await price(own, made.chair, '80.5')
  await price(list, made.desk, '333.33')
  await price(inYen, made.chair, '15000', 'JPY')
  await price(inYen, made.yen, '99.5', 'JPY')
  return made
}

export const DEAL_FIELDS = `id version amount { amount currency } weightedAmount { amount }
  lines { position quantity discountPercent description product { name } unitPrice { amount currency } discount { amount } total { amount currency } }`
const ERRORS = 'userErrors { __typename code message path }'
export const CREATE_DEAL = `mutation ($input: CreateOpportunityInput!) { createOpportunity(input: $input) { opportunity { ${DEAL_FIELDS} } ${ERRORS} } }`
const UPDATE_DEAL = `mutation ($input: UpdateOpportunityInput!) { updateOpportunity(input: $input) { opportunity { ${DEAL_FIELDS} } ${ERRORS} } }`

type Client = Pick<TestClient, 'must'>
export type Input = Readonly<Record<string, unknown>>

/** Returns the payload of a create. */
export async function createDeal(client: Client, input: Input): Promise<unknown> {
  return at(await client.must(CREATE_DEAL, { input: { name: 'Deal', ...input } }), 'createOpportunity')
}

/** Returns the payload of an update of a deal that was read with its id and version. */
export async function updateDeal(client: Client, deal: unknown, input: Input): Promise<unknown> {
  const target = { id: at(deal, 'id'), version: at(deal, 'version') }
  return at(await client.must(UPDATE_DEAL, { input: { ...target, ...input } }), 'updateOpportunity')
}

export const totalsOf = (deal: unknown) => listAt(deal, 'lines').map((line) => at(line, 'total.amount'))
