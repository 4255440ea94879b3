import { type Sql, sql } from '../../../platform/data/sql.ts'
import type { RowReference } from '../../../platform/declare/objects/field-sql.ts'
import { computed, rows } from '../../../platform/declare/objects/fields.ts'

/** Returns a FROM and WHERE clause: the periods `p` of an opportunity. */
const periodsOf = (opportunity: RowReference): Sql => sql`opportunity_periods p
  join opportunities o on o.workspace_id = p.workspace_id and o.id = p.opportunity_id and ${opportunity.sees('Opportunity', sql`o`)}
  where p.workspace_id = ${opportunity.column('workspaceId')} and p.opportunity_id = ${opportunity.column('id')}`

/** Returns SQL for the changes of the day of closing: when it was changed, from and to which day, and the days between. */
export const closingMoves = (
  opportunity: RowReference,
): Sql => sql`select d.started_at as at, d.former as "from", d.closes_on as "to", d.closes_on - d.former as days
  from (select p.id, p.started_at, p.closes_on, lag(p.closes_on) over periods as former, row_number() over periods as number
    from ${periodsOf(opportunity)}
    window periods as (order by p.started_at, p.id)) d
  where d.number > 1 and d.closes_on is distinct from d.former`

/** Fields of an opportunity that are computed from its past. */
export const closingDates = {
  closesOnChanges: rows({
    description: 'Each change of `closesOn`, the first one first.',
    row: {
      name: 'ClosesOnChange',
      description: 'A change of the day on which an opportunity is expected to be closed.',
      columns: {
        at: { type: 'DateTime', isRequired: true, description: 'When it was changed.' },
        from: { type: 'Date', description: 'The day before the change; null if there was none.' },
        to: { type: 'Date', description: 'The day after the change; null if it was removed.' },
        days: { type: 'Int', description: 'Days by which it was moved; negative when it was moved to an earlier day.' },
      },
    },
    query: (opportunity) => sql`${closingMoves(opportunity)} order by d.started_at, d.id`,
  }),
  slippedDays: computed({
    type: 'Int',
    description:
      'Days by which `closesOn` is now later than the first day of closing that was planned; negative when it is earlier. Null without a day of closing.',
    value: (
      opportunity,
    ) => sql`(select ${opportunity.column('closesOn')} - p.closes_on from ${periodsOf(opportunity)} and p.closes_on is not null
      order by p.started_at, p.id limit 1)`,
  }),
  daysInStage: computed({
    type: 'Int',
    description: 'Whole days since the opportunity entered its stage; null when it is soft-deleted.',
    value: (opportunity) => sql`(select floor(extract(epoch from ${opportunity.now} - e.entered_at) / 86400)::int
      from opportunity_stage_entries e
      where e.workspace_id = ${opportunity.column('workspaceId')} and e.opportunity_id = ${opportunity.column('id')} and e.left_at is null
        and ${opportunity.sees('OpportunityStageEntry', sql`e`)})`,
  }),
}
