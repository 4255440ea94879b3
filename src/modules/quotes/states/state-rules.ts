import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { endApproval } from '../approval/approval-store.ts'
import { recordDecision } from '../approval/decisions.ts'
import { writesContent } from '../pricing/price-quote.ts'
import { isTransition, stateErrors } from './transitions.ts'

/** The states in which an edit makes an approval void. */
const BOUND = ['IN_REVIEW', 'APPROVED']

export const quoteStates = defineRule({
  name: 'quotes.states',
  description:
    'A quote changes its state only as the states allow. What the customer gets to see changes only before it is sent; a change of it makes the quote a draft again, and its approval void.',
  object: 'Quote',
  on: ['update'],
  runsAfter: ['quotes.price'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before(write): RuleResult | undefined {
    const { before, values } = write
    if (!before) return undefined
    if (values.status !== undefined && values.status !== before.status && !isTransition(before.status, values.status))
      return {
        refusals: [
          ruleViolation(
            'quotes.states',
            ['input', 'id'],
            `A quote that is ${before.status} can’t become ${values.status}.`,
          ),
        ],
      }
    if (!writesContent(write)) return undefined
    const refusals = stateErrors('editQuote', before.status)
    if (refusals.length > 0) return { refusals }
    const isChanged = values.contentHash !== undefined && values.contentHash !== before.contentHash
    return isChanged && BOUND.includes(before.status) ? { patch: { status: 'DRAFT', pendingStepCount: 0 } } : undefined
  },
  async after({ before, values }, context) {
    const isVoided = before && BOUND.includes(before.status) && values.status === 'DRAFT'
    if (!isVoided || before.approvalId === null) return
    await endApproval(context, before.approvalId, 'VOID')
    await recordDecision(context, before, 'VOIDED')
  },
})

export const sentQuoteStays = defineRule({
  name: 'quotes.sentQuoteStays',
  description: 'A quote that was submitted or sent is not deleted.',
  object: 'Quote',
  on: ['delete'],
  isIntegral: true,
  before({ before }) {
    if (!before || (before.status === 'DRAFT' && before.versionNumber === null)) return undefined
    const why = 'Only a draft that was never sent is deleted. Recall the quote instead, with recallQuote.'
    return { refusals: [ruleViolation('quotes.sentQuoteStays', ['input', 'id'], why)] }
  },
})
