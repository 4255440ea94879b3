import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { items, money } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { percentage } from '../pricing/percentage.ts'

/** An amount that the server computes, in the currency of the quote. */
export const computedAmount = (amount: string, description: string) =>
  money({ description, amount, currency: 'currency', input: false })

const groupName = text(200).min(1, 'Must not be empty.')

const line = defineItem({
  model: 'QuoteLine',
  columns: {
    id: { input: false },
    groupName: { input: groupName },
    description: { input: longText },
    quantity: {},
    discountPercent: { input: percentage },
    taxPercent: { input: percentage },
  },
  relations: { product: {} },
  fields: {
    unitPrice: money({
      description:
        'Price of one unit, in the currency of the quote. Default for a new line: the price by the price books, as `priceFor` finds it for the account, the quantity and today.',
      amount: 'unitPriceAmount',
      currency: 'currency',
      hasRuleDefault: true,
    }),
    amount: computedAmount('amountAmount', 'Quantity times unit price, rounded to the smallest unit of the currency.'),
    total: computedAmount('totalAmount', 'The amount less the discount on the line.'),
    net: computedAmount(
      'netAmount',
      'The total less the line’s parts of the discounts on its group and on the quote. The net amounts of the lines add up to the total of the quote less its tax.',
    ),
    tax: computedAmount('taxAmount', 'Tax on the net amount.'),
  },
})

const lineGroup = defineItem({
  model: 'QuoteLineGroup',
  columns: { name: { input: groupName }, discountPercent: { input: percentage } },
  fields: {
    subtotal: computedAmount('subtotalAmount', 'Sum of the totals of the lines in the group.'),
    discount: computedAmount('discountAmount', 'Discount on the group.'),
    total: computedAmount('totalAmount', 'The subtotal less the discount.'),
  },
})

/** The lines of a quote, and the groups of lines. */
export const parts = {
  lines: items({
    description: 'Products in the quote, in the order in which the customer sees them.',
    item: line,
    by: 'quote',
    max: 200,
  }),
  groups: items({
    description: 'Groups of lines with discounts of their own. A line names its group in `groupName`.',
    item: lineGroup,
    by: 'quote',
    max: 50,
  }),
}
