import { defineAct } from '../../../platform/declare/rules/act.ts'
import { stateErrors } from '../states/transitions.ts'

export const reviseQuote = defineAct({
  name: 'reviseQuote',
  description:
    'Makes a draft of a quote that was sent, refused, declined, recalled, or has expired. The customer can’t accept a version that was sent before: it stays as it is, and the next version follows it.',
  object: 'Quote',
  apply({ status }) {
    const refusals = stateErrors('reviseQuote', status)
    return refusals.length > 0 ? { refusals } : { patch: { status: 'DRAFT', statusReason: null, declinedAt: null } }
  },
})
