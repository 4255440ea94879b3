import { defineAct } from '../../../platform/declare/rules/act.ts'
import { takeStep } from './order-act.ts'

export const confirmOrder = defineAct({
  name: 'confirmOrder',
  description: 'Confirms an order that is CREATED: changes its status to CONFIRMED.',
  object: 'Order',
  apply: (order, { now }) => takeStep('confirmOrder', order, { confirmedAt: now }),
})
