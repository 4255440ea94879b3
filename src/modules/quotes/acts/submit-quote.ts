import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { storeApproval } from '../approval/approval-store.ts'
import { recordDecision } from '../approval/decisions.ts'
import { planApproval } from '../approval/plan-approval.ts'
import { stateErrors } from '../states/transitions.ts'

export const submitQuote = defineAct({
  name: 'submitQuote',
  description:
    'Submits a draft for approval. Within the authority to negotiate of one of the caller’s roles it is approved at once, and the use of the authority is recorded; otherwise `approval` names the steps and their approvers.',
  object: 'Quote',
  async apply(quote, context) {
    const refusals = stateErrors('submitQuote', quote.status)
    if (refusals.length > 0) return { refusals }
    if (!(await hasLines(context, quote.id)))
      return { refusals: [ruleViolation('quotes.approval', ['input', 'id'], 'The quote has no lines.')] }
    // Approvers would decide on what can't be sent.
    if (quote.validUntil !== null && quote.validUntil < context.today)
      return { refusals: [ruleViolation('quotes.validity', ['input', 'id'], 'The last day of validity has passed.')] }
    const plan = await planApproval(context, quote)
    if ('refusals' in plan) return plan
    const approvalId = await storeApproval(context, quote, plan)
    const { authorityRoleId: roleId, steps } = plan
    await recordDecision(context, quote, roleId ? 'APPROVED_WITHIN_AUTHORITY' : 'SUBMITTED', { roleId })
    const status = roleId ? 'APPROVED' : 'IN_REVIEW'
    return { patch: { status, approvalId, pendingStepCount: steps.length, statusReason: null } }
  },
})

async function hasLines({ unrestricted }: PluginContext, quoteId: string): Promise<boolean> {
  return (await unrestricted.prisma.quoteLine.count({ where: { quoteId } })) > 0
}
