import { text } from '../../../platform/declare/objects/column-input.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineOperation, type OperationResult } from '../../../platform/declare/rules/operation.ts'
import { notFound, ruleViolation, staleVersion, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { lockedQuote, type QuoteToAccept } from '../acceptance/locked-quote.ts'
import { orderAccepted } from '../acceptance/order-accepted.ts'
import { supersedeOthers } from '../acceptance/supersede-others.ts'
import { winOpportunity } from '../acceptance/win-opportunity.ts'
import { stateErrors } from '../states/transitions.ts'
import { versionErrors } from '../states/version-errors.ts'

export const acceptQuote = defineOperation({
  name: 'acceptQuote',
  description:
    'Records that the customer has accepted the version of a quote that was sent last, makes the quote the primary one, closes the opportunity as won with its lines, and makes an order of the version, in one transaction. Other quotes of the opportunity that are in review, approved or sent are superseded. Refused after the last day of validity, and when the stages of the pipeline refuse to close the opportunity.',
  permission: 'quote:update',
  // A rule of a plugin may refuse the quote after the opportunity is closed: then nothing is written.
  isAtomic: true,
  input: {
    id: { type: 'ID', isRequired: true, description: 'Id of the quote.' },
    version: {
      type: 'Int',
      isRequired: true,
      description:
        'Version of the record that the client read. If the record has changed since, nothing is written and the payload has a StaleVersionError.',
    },
    versionNumber: {
      type: 'Int',
      isRequired: true,
      description: 'The version of the quote that the customer accepts.',
    },
    acceptedBy: {
      type: 'String',
      isRequired: true,
      description: 'Name of the person who accepts for the customer.',
      schema: text(200).min(1, 'Must not be empty.'),
    },
  },
  payload: {
    quote: { type: 'Quote', isNullable: true, description: 'The quote; null when there are errors.' },
    opportunity: { type: 'Opportunity', isNullable: true, description: 'The opportunity; null when there are errors.' },
    order: { type: 'Order', isNullable: true, description: 'The order; null when there are errors.' },
  },
  async run({ id, version, versionNumber, acceptedBy }, context) {
    const quote = await lockedQuote(context, id)
    if (!quote) return refused([notFound(['input', 'id'], 'The quote')])
    if (quote.version !== version) return refused([staleVersion(quote.version, [])])
    const refusals = [
      ...stateErrors('acceptQuote', quote.status),
      ...versionErrors(quote, versionNumber),
      ...validityErrors(quote, context),
    ]
    if (refusals.length > 0) return refused(refusals)
    // The deal is won with what the customer has accepted: its lines and amount are those of its primary quote.
    if (!quote.isPrimary) {
      const made = await context.records.act('makeQuotePrimary', quote.id)
      if (made.userErrors.length > 0) return refused(made.userErrors)
    }
    const { userErrors } = await winOpportunity(context, quote.opportunityId)
    if (userErrors.length > 0) return refused(userErrors)
    await supersedeOthers(context, quote)
    const accepted = { status: 'ACCEPTED', acceptedAt: context.now, acceptedBy, statusReason: null } as const
    const written = await context.records.patch('Quote', quote.id, accepted)
    if (written.userErrors.length > 0) return refused(written.userErrors)
    const order = await orderAccepted(context, quote.id, versionNumber, acceptedBy)
    return { values: { quote: quote.id, opportunity: quote.opportunityId, order }, userErrors: [] }
  },
})

function validityErrors({ validUntil }: QuoteToAccept, { today }: PluginContext): UserError[] {
  if (validUntil !== null && validUntil >= today) return []
  const why = `The quote was valid until ${validUntil}. Revise it, with reviseQuote, and send a new version.`
  return [ruleViolation('quotes.validity', ['input', 'id'], why)]
}

function refused(userErrors: readonly UserError[]): OperationResult {
  return { values: {}, userErrors }
}
