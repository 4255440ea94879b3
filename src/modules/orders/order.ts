import { many, money } from '../../platform/declare/objects/fields.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

const amount = (column: string, description: string) => money({ description, amount: column, currency: 'currency' })

/** An order. Only `placeOrder` creates it, and its acts change it. */
export const order = defineObject({
  model: 'Order',
  prefix: 'order',
  plural: 'orders',
  search: 'searchText',
  searchedFields: ['number', 'orderedBy', 'cancelReason'],
  naturalKey: ['number'],
  columns: {
    number: { input: false },
    status: { input: false },
    quoteVersionNumber: { input: false },
    orderedBy: { input: false },
    orderedOn: { input: false },
    confirmedAt: { input: false },
    fulfilledAt: { input: false },
    cancelledAt: { input: false },
    cancelReason: { input: false, order: false },
  },
  relations: {
    opportunity: { input: false },
    account: { input: false },
    owner: { object: 'User', input: false },
    quote: { input: false },
  },
  fields: {
    lines: many({
      description: 'What was ordered, in the order of the quote.',
      object: 'OrderLine',
      by: 'order',
      defaultOrder: [{ field: 'position', direction: 'ASC' }],
    }),
    subtotal: amount('subtotalAmount', 'Sum of the totals of the lines.'),
    discount: amount('discountAmount', 'The discounts on groups and on the whole.'),
    tax: amount('taxAmount', 'Sum of the taxes of the lines.'),
    total: amount('totalAmount', 'What the customer pays: the subtotal less the discount, and the tax.'),
  },
})

/** A line of an order. */
export const orderLine = defineObject({
  model: 'OrderLine',
  prefix: 'orderline',
  plural: 'orderLines',
  ownedBy: 'order.owner',
  columns: {
    position: { input: false },
    name: { input: false },
    sku: { input: false },
    groupName: { input: false },
    description: { input: false, order: false },
    quantity: { input: false },
    unit: { input: false },
    discountPercent: { input: false },
    taxPercent: { input: false },
  },
  relations: { order: { input: false }, product: { input: false } },
  fields: {
    unitPrice: amount('unitPriceAmount', 'Price of one unit.'),
    total: amount('totalAmount', 'Quantity times unit price, less the discount on the line.'),
    net: amount('netAmount', 'The total less the line’s parts of the discounts on its group and on the whole.'),
    tax: amount('taxAmount', 'Tax on the net amount.'),
  },
})

/** Returns the field that lists orders, for accounts, opportunities and quotes. */
export const ordersBy = (by: 'account' | 'opportunity' | 'quote', description: string) => ({
  orders: many({ description, object: 'Order', by, defaultOrder: [{ field: 'createdAt', direction: 'DESC' }] }),
})
