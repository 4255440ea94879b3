import { longText, text } from '../../platform/declare/objects/column-input.ts'
import { many, money } from '../../platform/declare/objects/fields.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

export const priceBook = defineObject({
  model: 'PriceBook',
  prefix: 'pricebook',
  plural: 'priceBooks',
  naturalKey: ['name'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    currency: { scalar: 'CurrencyCode' },
    isDefault: {},
    isActive: {},
    validFrom: {},
    validTo: {},
    description: { input: longText, order: false },
  },
  relations: { parent: {} },
  fields: {
    entries: many({ description: 'Prices in the price book.', object: 'PriceBookEntry', by: 'priceBook' }),
    accounts: many({
      description: 'Accounts that buy by the price book.',
      object: 'AccountPriceBook',
      by: 'priceBook',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const priceBookEntry = defineObject({
  model: 'PriceBookEntry',
  prefix: 'pricebookentry',
  plural: 'priceBookEntries',
  columns: { minimumQuantity: {}, validFrom: {}, validTo: {} },
  relations: { product: {}, priceBook: {} },
  fields: {
    unitPrice: money({
      description: 'Price of one unit, in the currency of the price book.',
      amount: 'unitPriceAmount',
      currency: 'unitPriceCurrency',
    }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

export const accountPriceBook = defineObject({
  model: 'AccountPriceBook',
  prefix: 'accountpricebook',
  plural: 'accountPriceBooks',
  ownedBy: 'account.owner',
  teamBy: 'account.team',
  columns: { currency: { scalar: 'CurrencyCode', input: false } },
  relations: { account: {}, priceBook: {} },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** The field that this module adds to accounts. */
export const accountFields = {
  priceBooks: many({
    description: 'Price books that the account buys by, one in a currency at most.',
    object: 'AccountPriceBook',
    by: 'account',
  }),
}
