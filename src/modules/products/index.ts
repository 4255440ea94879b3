import { definePlugin } from '../../platform/declare/plugin.ts'
import { bundleFits } from './bundles/bundle-rules.ts'
import { configureProduct } from './bundles/configure-product.ts'
import { accountFields, accountPriceBook, priceBook, priceBookEntry } from './price-book.ts'
import { priceFor } from './prices/price-for.ts'
import { copyCurrency, currencyStays, entryFits, priceBookPeriod, priceBookTree } from './prices/price-rules.ts'
import { product } from './product.ts'

export const products = definePlugin({
  id: 'products',
  description: 'Products and bundles that the workspace sells, and their prices in price books.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [product, priceBook, priceBookEntry, accountPriceBook],
  extend: { Account: accountFields },
  rules: [bundleFits, priceBookTree, currencyStays, priceBookPeriod, entryFits, copyCurrency],
  queries: [priceFor, configureProduct],
  constraints: {
    price_books_default_key: {
      message: 'Another price book in this currency is the default. Change that one first.',
      path: ['isDefault'],
    },
    price_book_entries_period_excl: {
      message:
        'The price book has another price of the product for the same minimum quantity, on some of these days. Change its period first.',
      path: ['validFrom'],
    },
    account_price_books_account_key: {
      message: 'The account has another price book in this currency. Change that one.',
      path: ['priceBookId'],
    },
  },
})

export { listPricesOf } from './prices/list-prices.ts'
export { pricesOf } from './prices/prices-of.ts'
