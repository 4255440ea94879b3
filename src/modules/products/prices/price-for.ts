import { badArgument } from '../../../platform/declare/pass-through-error.ts'
import { defineQuery } from '../../../platform/declare/query.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'
import { explainPrice } from './explain-price.ts'
import { findPrices, type PriceRequest } from './find-prices.ts'
import { priceAnswer } from './price-type.ts'
import { requirePriceFields } from './prices-of.ts'

export const priceFor = defineQuery({
  name: 'priceFor',
  description:
    'Price of one unit of a product, with the steps that led to it. Price books are tried in this order: the one in `priceBookId`, or else the one of the account; its parents, the nearest first; the default price book of the currency. A price book that is not active or not valid on the day is left out, and a deleted one ends the parents. In a price book the price with the greatest minimum quantity is used, of those that are at most `quantity` and valid on the day. Only what the caller may see counts. `unitPrice` is null when there is no price: the steps say why. Null when the product, the account or the price book does not exist.',
  permission: 'priceBookEntry.unitPrice:read',
  args: {
    productId: { type: 'ID', isRequired: true, description: 'The product.' },
    accountId: { type: 'ID', description: 'The account that buys. Default: nobody in particular.' },
    quantity: { type: 'Decimal', isRequired: true, description: 'Quantity, greater than 0.' },
    on: { type: 'Date', description: 'Day of the price. Default: today, in the time zone of the workspace.' },
    priceBookId: { type: 'ID', description: 'Price book that is tried first, instead of that of the account.' },
    currency: {
      type: 'CurrencyCode',
      description:
        'Currency of the price: prices are not converted. Default: that of the price book in `priceBookId`, or else of the price book of the account (of several, the one in the default currency of the workspace, or else the first by code), or else the default currency of the workspace.',
    },
  },
  answer: { type: priceAnswer },
  async run(args, context) {
    requirePriceFields(context, { accountId: args.accountId ?? null }, 'priceFor')
    if (compareDecimals(args.quantity, '0') <= 0) throw badArgument('`quantity` must be greater than 0.')
    const request: PriceRequest = {
      productId: context.uuidOf('Product', args.productId),
      accountId: args.accountId ? context.uuidOf('Account', args.accountId) : null,
      priceBookId: args.priceBookId ? context.uuidOf('PriceBook', args.priceBookId) : null,
      currency: args.currency ?? null,
      quantity: args.quantity,
      on: args.on ?? context.today,
    }
    const [found] = await findPrices(context, request, [request])
    if (!found) throw new Error('A product that is asked for has an answer.')
    const { facts, tried } = found
    const isMissing =
      !facts.productFound ||
      (request.accountId && !facts.accountFound) ||
      (request.priceBookId && !facts.priceBookFound)
    if (isMissing) return null
    if (facts.chosenCurrency !== null && facts.chosenCurrency !== facts.currency)
      throw badArgument(`The price book has prices in ${facts.chosenCurrency}, not in ${facts.currency}.`)
    if (request.currency && tried.length === 0)
      throw badArgument(
        `There is no price book in ${request.currency}: neither one of the account nor a default one. Prices are not converted.`,
      )
    return explainPrice(request, found)
  },
})
