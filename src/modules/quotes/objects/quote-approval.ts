import { sql } from '../../../platform/data/sql.ts'
import { list } from '../../../platform/declare/objects/fields.ts'
import { type ColumnsOfRow, defineObject } from '../../../platform/declare/objects/object.ts'
import { computedAmount } from './quote-parts.ts'

/** A part of a quote is visible with the quote. */
const visibleWithQuote = {
  object: 'Quote',
  shows: (part: ColumnsOfRow, quote: ColumnsOfRow) => sql`${quote.column('id')} = ${part.column('quoteId')}`,
}

/** The approval of one content of a quote. Only the acts on quotes write it. */
export const quoteApproval = defineObject({
  model: 'QuoteApproval',
  prefix: 'quoteapproval',
  visibleWith: visibleWithQuote,
  columns: {
    status: { input: false },
    contentHash: { input: false, order: false },
    reasons: { input: false, filter: false, order: false },
    submittedAt: { input: false },
    decidedAt: { input: false },
  },
  relations: { submittedBy: { object: 'Actor', input: false } },
  fields: {
    steps: list({
      description: 'The steps in order; none when an authority to negotiate covered the quote.',
      object: 'QuoteApprovalStep',
      ids: (
        approval,
      ) => sql`select s.id, row_number() over (order by s.sequence, s.id) as position from quote_approval_steps s
        where s.workspace_id = ${approval.column('workspaceId')} and s.approval_id = ${approval.column('id')}`,
    }),
  },
})

export const quoteApprovalStep = defineObject({
  model: 'QuoteApprovalStep',
  prefix: 'quoteapprovalstep',
  visibleWith: visibleWithQuote,
  columns: {
    name: { input: false },
    sequence: { input: false },
    status: { input: false },
    reason: { input: false, order: false },
    decidedAt: { input: false },
  },
  relations: { decidedBy: { object: 'User', input: false }, onBehalfOf: { object: 'User', input: false } },
  fields: {
    approvers: list({
      description: 'The users of whom one decides.',
      object: 'User',
      ids: (
        step,
      ) => sql`select a.user_id as id, row_number() over (order by a.user_id) as position from quote_approvers a
        where a.workspace_id = ${step.column('workspaceId')} and a.step_id = ${step.column('id')}`,
    }),
  },
})

/** Decisions about quotes, which are only added. */
export const quoteDecision = defineObject({
  model: 'QuoteDecision',
  prefix: 'quotedecision',
  visibleWith: visibleWithQuote,
  columns: {
    kind: { input: false },
    decidedAt: { input: false },
    contentHash: { input: false, order: false },
    reason: { input: false, order: false },
    totalDiscountPercent: { input: false, sensitive: true },
    marginPercent: { input: false, sensitive: true },
  },
  relations: {
    actor: { object: 'Actor', input: false },
    onBehalfOf: { object: 'User', input: false },
    role: { input: false },
  },
  fields: { total: computedAmount('totalAmount', 'Total of the quote.') },
})
