import { longText } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { decideSteps, endApproval } from '../approval/approval-store.ts'
import { recordDecision } from '../approval/decisions.ts'
import { stepsToDecide } from '../approval/steps-to-decide.ts'

export const rejectQuote = defineAct({
  name: 'rejectQuote',
  description:
    'Refuses to approve a quote, as an approver of a pending step, or for one by a delegation. Other steps are cancelled. `reviseQuote` makes the quote a draft again.',
  object: 'Quote',
  input: {
    reason: {
      type: 'String',
      isRequired: true,
      description: 'Why, and what to change.',
      schema: longText.min(1, 'Say why.'),
    },
  },
  async apply(quote, context, { reason }) {
    const found = await stepsToDecide(context, quote, 'rejectQuote')
    if ('refusals' in found) return found
    const { approvalId, steps } = found
    await decideSteps(context, steps, 'REJECTED', reason)
    await recordDecision(context, quote, 'REJECTED', { reason, onBehalfOfId: steps[0]?.onBehalfOfId ?? null })
    await endApproval(context, approvalId, 'REJECTED')
    return { patch: { status: 'REJECTED', statusReason: reason, pendingStepCount: 0 } }
  },
})
