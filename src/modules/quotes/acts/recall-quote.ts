import { longText } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { endApproval } from '../approval/approval-store.ts'
import { recordDecision } from '../approval/decisions.ts'
import { stateErrors } from '../states/transitions.ts'

export const recallQuote = defineAct({
  name: 'recallQuote',
  description:
    'Takes a quote back: from its approvers, or from the customer, who can’t accept it any more. The approval ends. `reviseQuote` makes the quote a draft again.',
  object: 'Quote',
  input: { reason: { type: 'String', description: 'Why.', schema: longText } },
  async apply(quote, context, { reason }) {
    const refusals = stateErrors('recallQuote', quote.status)
    if (refusals.length > 0) return { refusals }
    const said = reason || null
    await recordDecision(context, quote, 'RECALLED', { reason: said })
    // What was sent keeps its approval: it says who approved what the customer got.
    if (quote.approvalId !== null && quote.status !== 'SENT') await endApproval(context, quote.approvalId, 'RECALLED')
    return { patch: { status: 'RECALLED', statusReason: said, pendingStepCount: 0 } }
  },
})
