import { longText } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { stateErrors } from '../states/transitions.ts'
import { versionErrors } from '../states/version-errors.ts'

export const declineQuote = defineAct({
  name: 'declineQuote',
  description: 'Records that the customer has declined the version of a quote that was sent last.',
  object: 'Quote',
  input: {
    versionNumber: { type: 'Int', isRequired: true, description: 'The version that the customer declines.' },
    reason: { type: 'String', description: 'Why, in the words of the customer.', schema: longText },
  },
  apply(quote, { now }, { versionNumber, reason }) {
    const refusals = [...stateErrors('declineQuote', quote.status), ...versionErrors(quote, versionNumber)]
    if (refusals.length > 0) return { refusals }
    return { patch: { status: 'REJECTED', declinedAt: now, statusReason: reason || null } }
  },
})
