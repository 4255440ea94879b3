import type { EnumTypes } from '../../../../generated/models.ts'
import { inSameWorkspace, rowOf } from '../../../platform/data/row.ts'
import { hiddenFromPlanner, join, type Sql, sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { storedFilterCondition } from '../../../platform/permissions/stored-filter.ts'
import { startFinding } from '../../../platform/reads/start-reading.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { type Choice, chooseMember, type LeadPlace, type MemberFacts } from './choose-member.ts'

/** A rule that assigns a lead, and the member that it chooses. */
export interface Assignment extends Choice {
  /** uuid */
  readonly ruleId: string
}

/**
 * Finds who gets a lead: the first active rule in order whose filter the lead meets and that has a member for it decides.
 * @param rules See `activeRules`.
 * @param lead SQL for FROM: one row with the columns of `leads`. It need not be stored.
 * @param given Leads that were given to users in this transaction and are not stored yet: their number by uuid of the user. Each
 * rule that is asked is locked until the end of the transaction, so that leads that are created at the same time take turns. Null
 * for a preview: nothing is locked, and no turn is taken.
 */
export async function findAssignee(
  context: PluginContext,
  rules: readonly ActiveRule[],
  lead: Sql,
  place: LeadPlace,
  given: ReadonlyMap<string, number> | null,
): Promise<Assignment | null> {
  for (const { id, strategy } of await matchingRules(context, rules, lead)) {
    if (given) await lockRule(context, id)
    const stored = await membersOf(context, id)
    const members = stored.map((member) => ({ ...member, load: member.load + (given?.get(member.userId) ?? 0) }))
    const choice = chooseMember(strategy, members, place)
    if (!choice) continue
    if (given) await takeTurn(context, id, choice.member.userId)
    return { ...choice, ruleId: id }
  }
  return null
}

/** An assignment rule that is in use. */
export interface ActiveRule {
  /** uuid */
  readonly id: string
  /** Null for a rule that every lead meets. */
  readonly filter: unknown
  readonly strategy: EnumTypes['LeadAssignmentStrategy']
}

/** Returns the active rules in order, whatever the caller may see of them. */
export async function activeRules({ unrestricted }: PluginContext): Promise<readonly ActiveRule[]> {
  return await unrestricted.prisma.leadAssignmentRule.findMany({
    where: { isActive: true, deletedAt: null },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    select: { id: true, filter: true, strategy: true },
  })
}

/** Returns those of the rules whose filter the lead meets. */
async function matchingRules(
  context: PluginContext,
  rules: readonly ActiveRule[],
  lead: Sql,
): Promise<readonly ActiveRule[]> {
  const filtered = rules.filter(({ filter }) => filter !== null)
  if (filtered.length === 0) return rules
  const work = workOf(context)
  const object = objectNamed(work.context.runtime.registry, 'Lead')
  const reading = startFinding(work.context)
  const row = rowOf(reading.alias(), object.model)
  const conditions = filtered.map(
    ({ id, filter }) => sql`(${id}::uuid, ${storedFilterCondition(reading, object, row, filter)})`,
  )
  const met = await context.transaction.query<{ id: string }>(sql`select rule.id from ${lead} ${row.alias}
    cross join lateral (values ${join(conditions)}) rule (id, is_met) where ${inSameWorkspace(reading, row)} and rule.is_met`)
  const ids = new Set(met.map(({ id }) => id))
  return rules.filter(({ id, filter }) => filter === null || ids.has(id))
}

/** By SQL, because Prisma has no locks. */
async function lockRule({ transaction }: PluginContext, ruleId: string): Promise<void> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  await transaction.query(
    sql`select from lead_assignment_rules where workspace_id = ${ws} and id = ${ruleId}::uuid for no key update`,
  )
}

/** Returns the members of a rule who are not suspended, in order. By SQL: one statement for the turns and the loads too. */
async function membersOf({ transaction }: PluginContext, ruleId: string): Promise<readonly MemberFacts[]> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  return await transaction.query<MemberFacts & Record<string, unknown>>(sql`
    select m.user_id as "userId", a.display_name as "displayName", m.countries, m.regions, m.postal_codes as "postalCodes",
      (select t.turn::int from lead_assignment_turns t
        where t.workspace_id = m.workspace_id and t.rule_id = m.rule_id and t.user_id = m.user_id) as "lastTurn",
      (select count(*)::int from leads l where l.workspace_id = m.workspace_id and l.owner_id = m.user_id
        and l.status in ('OPEN', 'WORKING') and l.deleted_at is null) as load
    from lead_assignment_members m join actors a on a.workspace_id = m.workspace_id and a.id = m.user_id and a.is_active
    where m.workspace_id = ${ws} and m.rule_id = ${ruleId}::uuid order by m.position, m.id`)
}

async function takeTurn({ transaction }: PluginContext, ruleId: string, userId: string): Promise<void> {
  const ws = hiddenFromPlanner(transaction.workspaceId)
  await transaction.query(sql`
    insert into lead_assignment_turns (workspace_id, rule_id, user_id, turn)
    select ${ws}, ${ruleId}::uuid, ${userId}::uuid, coalesce(max(turn), 0) + 1 from lead_assignment_turns
    where workspace_id = ${ws} and rule_id = ${ruleId}::uuid
    on conflict (workspace_id, rule_id, user_id) do update set turn = excluded.turn`)
}
