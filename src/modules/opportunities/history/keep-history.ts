import { hiddenFromPlanner, sql } from '../../../platform/data/sql.ts'
import { defineRule, type PendingWrite } from '../../../platform/declare/rules/rule.ts'

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
  async after(write, { transaction, now, newId }) {
    if (!changes(write, TRACKED)) return
    const ws = hiddenFromPlanner(transaction.workspaceId)
    const isStage = changes(write, ['stageId'])
    // One statement, because the periods of all opportunities that a bulk mutation writes are kept here. `greatest`: a
    // transaction that waited for this row may have begun before the one that began the current period.
    await transaction.query(sql`
      with period as (
        update opportunity_periods set ended_at = greatest(started_at, ${now}::timestamptz)
        where workspace_id = ${ws} and opportunity_id = ${write.id}::uuid and ended_at is null returning ended_at),
      entry as (
        update opportunity_stage_entries set left_at = greatest(entered_at, ${now}::timestamptz)
        where workspace_id = ${ws} and opportunity_id = ${write.id}::uuid and left_at is null and ${isStage}::boolean returning left_at),
      begun as (
        insert into opportunity_periods (workspace_id, id, opportunity_id, started_at, pipeline_id, stage_id, status, amount,
          currency, weighted_amount, probability, forecast_category, closes_on, owner_id)
        select o.workspace_id, ${newId()}::uuid, o.id, coalesce((select ended_at from period), ${now}::timestamptz), o.pipeline_id,
          o.stage_id, o.status, o.amount, o.currency, o.weighted_amount, o.probability, o.forecast_category, o.closes_on, o.owner_id
        from opportunities o where o.workspace_id = ${ws} and o.id = ${write.id}::uuid and o.deleted_at is null)
      insert into opportunity_stage_entries (workspace_id, id, opportunity_id, stage_id, entered_at)
      select o.workspace_id, ${newId()}::uuid, o.id, o.stage_id, coalesce((select left_at from entry), ${now}::timestamptz)
      from opportunities o
      where o.workspace_id = ${ws} and o.id = ${write.id}::uuid and o.deleted_at is null and ${isStage}::boolean`)
  },
})
