import { definePlugin } from '../../platform/declare/plugin.ts'
import { quote, quotesBy } from './objects/quote.ts'
import { quoteVersion } from './objects/quote-version.ts'
import { priceQuote } from './pricing/price-quote.ts'

export const quotes = definePlugin({
  id: 'quotes',
  description: 'Quotes: offers to customers with lines, discounts and taxes, in versions that never change.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [quote, quoteVersion],
  extend: {
    Opportunity: quotesBy('opportunity', 'Quotes for the deal, the latest first.'),
    Account: quotesBy('account', 'Quotes for the organisation, the latest first.'),
  },
  rules: [priceQuote],
})
