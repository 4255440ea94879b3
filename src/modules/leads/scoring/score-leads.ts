import { inSameWorkspace, rowOf } from '../../../platform/data/row.ts'
import { hiddenFromPlanner, join, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { storedFilterCondition } from '../../../platform/permissions/stored-filter.ts'
import { startFinding } from '../../../platform/reads/start-reading.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { decayedPoints } from './decay.ts'

/**
 * Computes the scores of leads anew, by all active rules. A lead that is converted keeps
 * the score that it had. A write of a score is not logged: it follows from the lead and the rules.
 * @param leadIds uuids of the leads.
 */
export async function scoreLeads(context: PluginContext, leadIds: readonly string[]): Promise<void> {
  if (leadIds.length === 0) return
  const { transaction, now } = context
  const ws = hiddenFromPlanner(transaction.workspaceId)
  const met = await metRules(context, leadIds)
  // One statement, by SQL: Prisma can't compute the points of many leads by many rules.
  await transaction.query(sql`
    with met as (${met}),
      gone as (
        delete from lead_score_entries e where e.workspace_id = ${ws} and e.lead_id = any(${leadIds}::uuid[])
          and exists (select from leads l where l.workspace_id = ${ws} and l.id = e.lead_id and l.status <> 'CONVERTED')
          and not exists (select from met where met.lead_id = e.lead_id and met.rule_id = e.rule_id)),
      kept as (
        insert into lead_score_entries (workspace_id, lead_id, rule_id, matched_at, points)
        select r.workspace_id, met.lead_id, r.id, coalesce(e.matched_at, ${now}::timestamptz),
          ${decayedPoints(sql`r`, sql`coalesce(e.matched_at, ${now}::timestamptz)`, now)}
        from met join lead_scoring_rules r on r.workspace_id = ${ws} and r.id = met.rule_id
        left join lead_score_entries e on e.workspace_id = ${ws} and e.lead_id = met.lead_id and e.rule_id = met.rule_id
        on conflict (workspace_id, lead_id, rule_id) do update set points = excluded.points
        returning lead_id, points)
    update leads l set scored_at = ${now}::timestamptz,
      score = coalesce((select sum(kept.points)::int from kept where kept.lead_id = l.id), 0)
    where l.workspace_id = ${ws} and l.id = any(${leadIds}::uuid[]) and l.status <> 'CONVERTED'`)
}

/** Returns SQL for the pairs of leads and active rules (`lead_id`, `rule_id`) where the lead meets the filter of the rule. */
async function metRules(context: PluginContext, leadIds: readonly string[]): Promise<Sql> {
  const work = workOf(context)
  const rules = await context.unrestricted.prisma.leadScoringRule.findMany({
    where: { isActive: true, deletedAt: null },
    select: { id: true, filter: true },
  })
  if (rules.length === 0) return sql`select null::uuid as lead_id, null::uuid as rule_id where false`
  const object = objectNamed(work.context.runtime.registry, 'Lead')
  const reading = startFinding(work.context)
  const lead = rowOf(reading.alias(), object.model)
  const conditions = rules.map(
    ({ id, filter }) => sql`(${id}::uuid, ${storedFilterCondition(reading, object, lead, filter)})`,
  )
  return sql`select ${lead.column('id')} as lead_id, rule.id as rule_id
    from leads ${lead.alias} cross join lateral (values ${join(conditions)}) rule (id, is_met)
    where ${inSameWorkspace(reading, lead)} and ${lead.column('id')} = any(${leadIds}::uuid[])
      and ${lead.column('status')} <> 'CONVERTED' and rule.is_met`
}
