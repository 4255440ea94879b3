import { text } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { takeStep } from './order-act.ts'

export const cancelOrder = defineAct({
  name: 'cancelOrder',
  description:
    'Cancels an order that is CREATED or CONFIRMED: changes its status to CANCELLED. The quote stays accepted and the opportunity won: reopen the opportunity where that is meant.',
  object: 'Order',
  input: {
    reason: {
      type: 'String',
      isRequired: true,
      description: 'Why the order is cancelled.',
      schema: text().min(1, 'Must not be empty.'),
    },
  },
  apply: (order, { now }, { reason }) => takeStep('cancelOrder', order, { cancelledAt: now, cancelReason: reason }),
})
