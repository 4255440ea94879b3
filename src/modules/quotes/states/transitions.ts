import type { EnumTypes } from '../../../../generated/models.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'

export type QuoteStatus = EnumTypes['QuoteStatus']

interface Transition {
  readonly from: readonly QuoteStatus[]
  readonly to: readonly QuoteStatus[]
}

/** What can be done with a quote, and in which states. */
const TRANSITIONS = {
  editQuote: { from: ['DRAFT', 'IN_REVIEW', 'APPROVED'], to: ['DRAFT'] },
  submitQuote: { from: ['DRAFT'], to: ['IN_REVIEW', 'APPROVED'] },
  approveQuote: { from: ['IN_REVIEW'], to: ['IN_REVIEW', 'APPROVED'] },
  rejectQuote: { from: ['IN_REVIEW'], to: ['REJECTED'] },
  recallQuote: { from: ['IN_REVIEW', 'APPROVED', 'SENT'], to: ['RECALLED'] },
  sendQuote: { from: ['APPROVED'], to: ['SENT'] },
  reviseQuote: { from: ['SENT', 'REJECTED', 'EXPIRED', 'RECALLED'], to: ['DRAFT'] },
  declineQuote: { from: ['SENT'], to: ['REJECTED'] },
  acceptQuote: { from: ['SENT'], to: ['ACCEPTED'] },
  expireQuote: { from: ['SENT'], to: ['EXPIRED'] },
  supersedeQuote: { from: ['IN_REVIEW', 'APPROVED', 'SENT'], to: ['SUPERSEDED'] },
} as const satisfies Readonly<Record<string, Transition>>

export type QuoteStep = keyof typeof TRANSITIONS

/** Returns the states in which a step is possible. */
export function statesBefore(step: QuoteStep): readonly QuoteStatus[] {
  return TRANSITIONS[step].from
}

/** Whether any step leads from one state to another. */
export function isTransition(from: QuoteStatus, to: QuoteStatus): boolean {
  const transitions: readonly Transition[] = Object.values(TRANSITIONS)
  return transitions.some((transition) => transition.from.includes(from) && transition.to.includes(to))
}

/** Returns an error unless a step is possible in the state of a quote. */
export function stateErrors(step: QuoteStep, status: QuoteStatus): UserError[] {
  const from = statesBefore(step)
  if (from.includes(status)) return []
  const needed = from.join(' or ')
  const hint = step === 'editQuote' ? ' Make it a draft again first, with reviseQuote.' : ''
  const why = `The quote is ${status}, and this needs a quote that is ${needed}.${hint}`
  return [ruleViolation('quotes.states', ['input', 'id'], why)]
}
