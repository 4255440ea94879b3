import { mustSucceed } from '../../../platform/declare/must-succeed.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { notFound, ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { stateErrors } from '../states/transitions.ts'

export const sendQuote = defineAct({
  name: 'sendQuote',
  description:
    'Sends an approved quote to a contact: stores its content as the next version, which never changes. The customer can accept the version until the last day of its validity.',
  object: 'Quote',
  input: { toContactId: { type: 'ID', isRequired: true, description: 'The person whom the quote is sent to.' } },
  async apply(quote, { records, now, today, actor }, { toContactId }) {
    const contact = await records.get('Contact', toContactId)
    if (!contact) return { refusals: [notFound(['input', 'toContactId'], 'The contact')] }
    const refusals = stateErrors('sendQuote', quote.status)
    if (refusals.length > 0) return { refusals }
    const { validUntil, approvalId } = quote
    if (validUntil === null || String(validUntil) < today || approvalId === null) {
      const why = 'The quote needs a last day of validity, today or later: set validUntil, and submit the quote again.'
      return { refusals: [ruleViolation('quotes.validity', ['input', 'id'], why)] }
    }
    const number = (quote.versionNumber ?? 0) + 1
    mustSucceed(
      await records.insert('QuoteVersion', {
        quoteId: quote.id,
        number,
        content: quote.content,
        contentHash: quote.contentHash,
        validUntil,
        totalAmount: quote.totalAmount,
        currency: quote.currency,
        sentAt: now,
        sentById: actor.id,
        contactId: contact.id,
        approvalId,
      }),
    )
    return { patch: { status: 'SENT', versionNumber: number, sentAt: now, contactId: contact.id, statusReason: null } }
  },
})
