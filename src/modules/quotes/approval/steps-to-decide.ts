import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { type QuoteStep, stateErrors } from '../states/transitions.ts'
import { type OpenStep, openSteps } from './approval-store.ts'
import type { QuoteRow } from './find-authorities.ts'

type Found =
  | { readonly approvalId: string; readonly steps: readonly OpenStep[] }
  | { readonly refusals: readonly UserError[] }

/** Returns the pending steps of a quote that the caller may decide, or why there are none. */
export async function stepsToDecide(context: PluginContext, quote: QuoteRow, act: QuoteStep): Promise<Found> {
  const refusals = stateErrors(act, quote.status)
  if (refusals.length > 0 || quote.approvalId === null) return { refusals }
  const steps = await openSteps(context, quote.approvalId)
  if (steps.length > 0) return { approvalId: quote.approvalId, steps }
  const why =
    'You are not an approver of a pending step, or have written or submitted the quote. `approval.steps` names the approvers.'
  return { refusals: [ruleViolation('quotes.approval', ['input', 'id'], why)] }
}
