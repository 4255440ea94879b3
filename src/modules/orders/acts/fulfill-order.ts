import { defineAct } from '../../../platform/declare/rules/act.ts'
import { takeStep } from './order-act.ts'

export const fulfillOrder = defineAct({
  name: 'fulfillOrder',
  description: 'Notes that an order that is CONFIRMED was delivered in full: changes its status to FULFILLED.',
  object: 'Order',
  apply: (order, { now }) => takeStep('fulfillOrder', order, { fulfilledAt: now }),
})
