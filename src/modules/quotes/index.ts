import { definePlugin } from '../../platform/declare/plugin.ts'
import { acceptQuote } from './acts/accept-quote.ts'
import { approveQuote } from './acts/approve-quote.ts'
import { declineQuote } from './acts/decline-quote.ts'
import { makeQuotePrimary } from './acts/make-quote-primary.ts'
import { recallQuote } from './acts/recall-quote.ts'
import { rejectQuote } from './acts/reject-quote.ts'
import { reviseQuote } from './acts/revise-quote.ts'
import { sendQuote } from './acts/send-quote.ts'
import { submitQuote } from './acts/submit-quote.ts'
import { authorityFits, delegationFits, policyFits } from './approval/policy-rules.ts'
import { expireQuotes } from './expiry/expire-quotes.ts'
import { approvalDelegation, negotiationAuthority, quoteApprovalPolicy } from './objects/approval-policy.ts'
import { quote, quotesBy } from './objects/quote.ts'
import { quoteApproval, quoteApprovalStep, quoteDecision } from './objects/quote-approval.ts'
import { quoteVersion } from './objects/quote-version.ts'
import { keepLines } from './opportunity/keep-lines.ts'
import { priceQuote } from './pricing/price-quote.ts'
import { quoteStates, sentQuoteStays } from './states/state-rules.ts'
import { addDiffField } from './versions/diff-field.ts'

export const quotes = definePlugin({
  id: 'quotes',
  description:
    'Quotes: offers to customers with lines, discounts and taxes, their approval, and versions that never change.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [
    quote,
    quoteVersion,
    quoteApproval,
    quoteApprovalStep,
    quoteDecision,
    quoteApprovalPolicy,
    negotiationAuthority,
    approvalDelegation,
  ],
  extend: {
    Opportunity: quotesBy('opportunity', 'Quotes for the deal, the latest first.'),
    Account: quotesBy('account', 'Quotes for the organisation, the latest first.'),
  },
  rules: [priceQuote, quoteStates, sentQuoteStays, keepLines, authorityFits, policyFits, delegationFits],
  acts: [submitQuote, approveQuote, rejectQuote, recallQuote, sendQuote, reviseQuote, declineQuote, makeQuotePrimary],
  operations: [acceptQuote],
  // What the jobs may do; callers have their own permissions.
  permissions: ['quote:read', 'quote:update'],
  jobs: [expireQuotes],
  constraints: {
    quotes_primary_key: {
      message: 'Another quote of the opportunity is primary. Make this one primary with makeQuotePrimary.',
      path: ['isPrimary'],
    },
  },
  schema: addDiffField,
})

export { acceptQuote } from './acts/accept-quote.ts'
export { insertStartingAuthorities } from './approval/starting-authorities.ts'
