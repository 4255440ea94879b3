/** How far an order is: a value of `OrderStatus`. */
export type OrderStatus = 'CREATED' | 'CONFIRMED' | 'FULFILLED' | 'CANCELLED'

/** What can be done with an order. */
export type OrderStep = 'confirmOrder' | 'fulfillOrder' | 'cancelOrder'

/** Each step with the states in which it is possible, and the state to which it leads. */
export const ORDER_STEPS: Readonly<
  Record<OrderStep, { readonly from: readonly OrderStatus[]; readonly to: OrderStatus }>
> = {
  confirmOrder: { from: ['CREATED'], to: 'CONFIRMED' },
  fulfillOrder: { from: ['CONFIRMED'], to: 'FULFILLED' },
  cancelOrder: { from: ['CREATED', 'CONFIRMED'], to: 'CANCELLED' },
}
