import { definePlugin } from '../../platform/declare/plugin.ts'
import { cancelOrder } from './acts/cancel-order.ts'
import { confirmOrder } from './acts/confirm-order.ts'
import { fulfillOrder } from './acts/fulfill-order.ts'
import { order, orderLine, ordersBy } from './order.ts'

export const orders = definePlugin({
  id: 'orders',
  description: 'Orders: what customers have ordered by accepting quotes.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [order, orderLine],
  extend: {
    Account: ordersBy('account', 'Orders of the organisation, the latest first.'),
    Opportunity: ordersBy('opportunity', 'Orders that came of the deal, the latest first.'),
    Quote: ordersBy('quote', 'The order that came of the quote.'),
  },
  acts: [confirmOrder, fulfillOrder, cancelOrder],
})

export { placeOrder } from './place-order.ts'
