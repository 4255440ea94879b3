import { longText } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { advance, decideSteps, endApproval } from '../approval/approval-store.ts'
import { recordDecision } from '../approval/decisions.ts'
import { stepsToDecide } from '../approval/steps-to-decide.ts'

export const approveQuote = defineAct({
  name: 'approveQuote',
  description:
    'Approves the pending steps of the approval of which the caller is an approver, or acts for one by a delegation. With the last step the quote is approved. Nobody approves a quote that they wrote or submitted.',
  object: 'Quote',
  input: { reason: { type: 'String', description: 'What the approver says.', schema: longText } },
  async apply(quote, context, { reason }) {
    const found = await stepsToDecide(context, quote, 'approveQuote')
    if ('refusals' in found) return found
    const { approvalId, steps } = found
    const said = reason || null
    await decideSteps(context, steps, 'APPROVED', said)
    for (const { onBehalfOfId } of steps)
      await recordDecision(context, quote, 'APPROVED', { reason: said, onBehalfOfId })
    const pendingStepCount = await advance(context, approvalId)
    if (pendingStepCount > 0) return { patch: { pendingStepCount } }
    await endApproval(context, approvalId, 'APPROVED')
    return { patch: { status: 'APPROVED', pendingStepCount } }
  },
})
