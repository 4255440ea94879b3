import { join, type Sql, sql } from '../../platform/data/sql.ts'
import type { RowReference } from '../../platform/declare/objects/field-sql.ts'
import { condition, rows } from '../../platform/declare/objects/fields.ts'
import { closingMoves } from './history/closing-dates.ts'

/** Number of moves of the day of closing to a later day from which an open opportunity counts as slipping. */
const SLIPS = 2

interface Signal {
  readonly code: string
  /** Field that it is about: who may not read it does not learn of the signal. */
  readonly field: string
  /** A FROM clause that gives the values of `reason`. */
  readonly from: (opportunity: RowReference) => Sql
  readonly where: (opportunity: RowReference) => Sql
  readonly reason: (opportunity: RowReference) => Sql
  readonly suggestion: string
}

const none = () => sql`(select) nothing`

/** Days since the opportunity was changed, or an interaction about it that the caller may see took place. */
const quiet = (opportunity: RowReference): Sql => sql`(select floor(extract(epoch from ${opportunity.now} - greatest(
    ${opportunity.column('updatedAt')},
    (select max(e.occurred_at) from timeline_entries e
      join interactions i on i.workspace_id = e.workspace_id and i.id = e.interaction_id and i.deleted_at is null
      where e.workspace_id = ${opportunity.column('workspaceId')} and e.record_id = ${opportunity.column('id')}
        and e.occurred_at <= ${opportunity.now} and ${opportunity.sees('Interaction', sql`i`)}))) / 86400)::int as days) quiet`

/** Days after which an opportunity is idle: a setting of its pipeline, whether or not the caller sees the pipeline. */
const idleDays = (opportunity: RowReference): Sql => sql`(select p.idle_days from pipelines p
  where p.workspace_id = ${opportunity.column('workspaceId')} and p.id = ${opportunity.column('pipelineId')})`

const slips = (opportunity: RowReference): Sql =>
  sql`(select count(*)::int as times, coalesce(sum(m.days), 0)::int as days from (${closingMoves(opportunity)}) m where m.days > 0) slips`

/** What needs attention, in the order in which it is shown. */
const SIGNALS: readonly Signal[] = [
  {
    code: 'OVERDUE',
    field: 'closesOn',
    from: none,
    where: (opportunity) => sql`${opportunity.column('closesOn')} < ${opportunity.today}`,
    reason: (opportunity) =>
      sql`'The day of closing, ' || ${opportunity.column('closesOn')} || ', passed ' || ${opportunity.today} - ${opportunity.column('closesOn')} || ' days ago.'`,
    suggestion: 'Close the deal, or agree on a new day of closing with the customer.',
  },
  {
    code: 'SLIPPING',
    field: 'closesOn',
    from: slips,
    where: () => sql`slips.times >= ${SLIPS}::int`,
    reason: () =>
      sql`'The day of closing was moved to a later day ' || slips.times || ' times, by ' || slips.days || ' days together.'`,
    suggestion: 'Ask the decision maker what holds the decision up, and agree on the steps to it.',
  },
  {
    code: 'IDLE',
    field: 'updatedAt',
    from: quiet,
    where: (opportunity) => sql`quiet.days >= ${idleDays(opportunity)}`,
    reason: () => sql`'Nothing has happened for ' || quiet.days || ' days: no change and no interaction.'`,
    suggestion: 'Call the primary contact, and log what you learn.',
  },
  {
    code: 'NO_NEXT_STEP',
    field: 'nextStep',
    from: none,
    where: (opportunity) => sql`${opportunity.column('nextStep')} is null`,
    reason: () => sql`'No next step is planned.'`,
    suggestion: 'Agree on the next step with the customer, and write down what and when.',
  },
]

const mayKnow = (opportunity: RowReference, field: string): Sql =>
  sql`${opportunity.canRead('Opportunity', field)}::boolean`

const isOpen = (opportunity: RowReference): Sql => sql`${opportunity.column('status')} = 'OPEN'`

export const attention = rows({
  description: `Why an open opportunity needs attention, and what to do: \`OVERDUE\` when the day of closing has passed, \`SLIPPING\` when it was moved to a later day ${SLIPS} times or more, \`IDLE\` after the \`idleDays\` of the pipeline without a change or an interaction, \`NO_NEXT_STEP\`. Empty when it needs none. Reasons about a field that the caller may not read are left out.`,
  row: {
    name: 'OpportunityAttentionReason',
    description: 'A reason why an opportunity needs attention.',
    columns: {
      code: { type: 'String', isRequired: true, description: 'A value of `OpportunityAttention`, such as `IDLE`.' },
      reason: { type: 'String', isRequired: true, description: 'The reason with its numbers, for a person to read.' },
      suggestion: { type: 'String', isRequired: true, description: 'What to do.' },
    },
  },
  query: (opportunity) =>
    sql`select s.code, s.reason, s.suggestion from (${join(
      SIGNALS.map(
        ({ code, field, from, where, reason, suggestion }, place) =>
          sql`select ${place}::int as place, ${code}::text as code, ${reason(opportunity)} as reason, ${suggestion}::text as suggestion
          from ${from(opportunity)} where ${mayKnow(opportunity, field)} and ${isOpen(opportunity)} and ${where(opportunity)}`,
      ),
      ' union all ',
    )}) s order by s.place`,
})

const given = (opportunity: RowReference, { field, from, where }: Signal): Sql =>
  sql`exists (select from ${from(opportunity)} where ${mayKnow(opportunity, field)} and ${where(opportunity)})`

/** Conditions of filters by what needs attention. */
export const attentionConditions = {
  needsAttention: condition({
    type: 'Boolean',
    description: 'Whether `attention` has a reason.',
    where: (opportunity) =>
      sql`(${isOpen(opportunity)} and (${join(
        SIGNALS.map((signal) => given(opportunity, signal)),
        ' or ',
      )}))`,
  }),
  needsAttentionFor: condition({
    type: 'OpportunityAttention',
    description: 'Whether `attention` has this reason.',
    where: (opportunity, code) => {
      const signal = SIGNALS.find((each) => each.code === code)
      return signal ? sql`(${isOpen(opportunity)} and ${given(opportunity, signal)})` : sql`false`
    },
  }),
}
