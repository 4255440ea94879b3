import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type PendingWrite, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { historyRows, pastStagesOf } from './past-stages.ts'

/** Columns that are constant within a period. */
const TRACKED = [
  'pipelineId',
  'stageId',
  'status',
  'amountAmount',
  'amountCurrency',
  'probability',
  'forecastCategory',
  'closesOn',
  'closedOn',
  'ownerId',
] as const

/** Whether a write may change a tracked column. The amounts `5` and `5.00` differ here: a period more does no harm. */
function changes({ kind, before, values }: PendingWrite, names: readonly string[]): boolean {
  return kind !== 'update' || names.some((name) => values[name] !== undefined && values[name] !== before?.[name])
}

/**
 * Keeps the history of each opportunity: ends the current period and begins the next one. All writes run rules, so
 * there is no way to change an opportunity without its history. A period that is ended never changes again.
 */
export const keepHistory = defineRule({
  name: 'opportunities.keepHistory',
  description: 'Keeps the history of an opportunity: its stages, and the periods in which its figures did not change.',
  object: 'Opportunity',
  on: ['create', 'update', 'delete', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async afterAll(writes, context) {
    const isOld = (write: (typeof writes)[number]) => pastStagesOf(write).length > 0
    await keepPast(context, writes.filter(isOld))
    const changed = writes.filter((write) => !isOld(write) && changes(write, TRACKED))
    if (changed.length === 0) return
    const { transaction, now, newId } = context
    const ws = hiddenFromPlanner(transaction.workspaceId)
    const written = JSON.stringify(
      changed.map((write) => ({
        id: write.id,
        is_stage: changes(write, ['stageId']),
        period_id: newId(),
        entry_id: newId(),
      })),
    )
    // One statement for all opportunities that are written together. `greatest`: a transaction that waited for a row may
    // have begun before the one that began the current period.
    await transaction.query(sql`
      with written as (
        select * from jsonb_to_recordset(${written}::jsonb) as w (id uuid, is_stage boolean, period_id uuid, entry_id uuid)),
      period as (
        update opportunity_periods p set ended_at = greatest(p.started_at, ${now}::timestamptz) from written w
        where p.workspace_id = ${ws} and p.opportunity_id = w.id and p.ended_at is null returning p.opportunity_id, p.ended_at),
      entry as (
        update opportunity_stage_entries e set left_at = greatest(e.entered_at, ${now}::timestamptz) from written w
        where e.workspace_id = ${ws} and e.opportunity_id = w.id and e.left_at is null and w.is_stage returning e.opportunity_id, e.left_at),
      begun as (
        insert into opportunity_periods (workspace_id, id, opportunity_id, started_at, pipeline_id, stage_id, status, amount,
          currency, weighted_amount, probability, forecast_category, closes_on, closed_on, owner_id)
        select o.workspace_id, w.period_id, o.id, coalesce(p.ended_at, ${now}::timestamptz), o.pipeline_id, o.stage_id, o.status,
          o.amount, o.currency, o.weighted_amount, o.probability, o.forecast_category, o.closes_on, o.closed_on,
          o.owner_id
        from written w join opportunities o on o.workspace_id = ${ws} and o.id = w.id and o.deleted_at is null
          left join period p on p.opportunity_id = w.id)
      insert into opportunity_stage_entries (workspace_id, id, opportunity_id, stage_id, entered_at)
      select o.workspace_id, w.entry_id, o.id, o.stage_id, coalesce(e.left_at, ${now}::timestamptz)
      from written w join opportunities o on o.workspace_id = ${ws} and o.id = w.id and o.deleted_at is null
        left join entry e on e.opportunity_id = w.id
      where w.is_stage`)
  },
})

/**
 * Begins the history of new opportunities with a past: a period for each stage, with the figures that the opportunity has
 * now and the probability and category that the stage gives. Their stage entries are items of the write.
 */
async function keepPast(
  { transaction, newId }: PluginContext,
  writes: readonly TypedWrite<'Opportunity'>[],
): Promise<void> {
  if (writes.length === 0) return
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const periods = JSON.stringify(
    writes.flatMap((write) =>
      historyRows(pastStagesOf(write)).map(({ stageId, enteredAt, leftAt }) => ({
        id: newId(),
        opportunity_id: write.id,
        stage_id: stageId,
        started_at: enteredAt,
        ended_at: leftAt,
      })),
    ),
  )
  await transaction.query(sql`
    insert into opportunity_periods (workspace_id, id, opportunity_id, started_at, ended_at, pipeline_id, stage_id, status,
      amount, currency, weighted_amount, probability, forecast_category, closes_on, closed_on, owner_id)
    select o.workspace_id, p.id, o.id, p.started_at, p.ended_at, s.pipeline_id, s.id, s.kind::text::"OpportunityStatus", o.amount,
      o.currency, round(o.amount * s.probability / 100, 4), s.probability, s.forecast_category, o.closes_on,
      case when s.kind <> 'OPEN' then o.closed_on end, o.owner_id
    from jsonb_to_recordset(${periods}::jsonb) as p (id uuid, opportunity_id uuid, stage_id uuid, started_at timestamptz, ended_at timestamptz)
      join opportunities o on o.workspace_id = ${ws} and o.id = p.opportunity_id
      join stages s on s.workspace_id = ${ws} and s.id = p.stage_id`)
}
