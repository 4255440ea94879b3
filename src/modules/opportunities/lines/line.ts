import { longText } from '../../../platform/declare/objects/column-input.ts'
import { items, money } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'

const line = defineItem({
  model: 'OpportunityLine',
  columns: { quantity: {}, discountPercent: {}, description: { input: longText }, position: { input: false } },
  relations: { product: {} },
  fields: {
    unitPrice: money({
      description:
        'Price of one unit. Default: the price of the product for the account, as `priceFor` answers it for today. All lines of a deal have one currency: that of `amount` where it is sent, or else of the lines that have a price, of the deal before the write, or of the price book of the account.',
      amount: 'unitPriceAmount',
      currency: 'currency',
      hasRuleDefault: true,
    }),
    discount: money({
      description:
        'Further discount on the whole line, subtracted after `discountPercent`, in the currency of the line.',
      amount: 'discountAmount',
      currency: 'discountCurrency',
    }),
    total: money({
      description:
        '`quantity` × `unitPrice` × (100 − `discountPercent`) / 100 − `discount`, rounded to the smallest unit of the currency, halves away from zero.',
      amount: 'totalAmount',
      currency: 'currency',
      input: false,
    }),
  },
})

export const lines = items({
  description:
    'Products that the deal is about. The amount of an opportunity with lines is the sum of their totals: an amount that is sent with lines is replaced by it, and one that is sent alone has to be equal to it.',
  item: line,
  by: 'opportunity',
})
