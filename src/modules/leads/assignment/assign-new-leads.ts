import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { recordScopes } from '../../../platform/permissions/grants.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { type ActiveRule, activeRules, findAssignee } from './find-assignee.ts'
import { newLead } from './lead-rows.ts'

/** Gives new leads an owner. In the order of the writes, so that a bulk mutation shares its leads out like single ones. */
export const assignNewLeads = defineRule({
  name: 'leads.assign',
  description:
    'A new lead without an owner is given to whom the assignment rules name, or else to the user who creates it.',
  object: 'Lead',
  on: ['create'],
  async beforeAll(writes, context) {
    const isUnowned = ({ values }: TypedWrite<'Lead'>) => values.ownerId === undefined
    const rules = writes.some(isUnowned) && createsForOthers(context) ? await activeRules(context) : []
    const results: (RuleResult | undefined)[] = []
    /** Leads that are given to a user and not stored yet. */
    const given = new Map<string, number>()
    for (const write of writes) {
      const ownerId = isUnowned(write) ? await ownerOf(write, context, rules, given) : undefined
      if (ownerId !== undefined) given.set(ownerId, (given.get(ownerId) ?? 0) + 1)
      results.push(ownerId === undefined ? undefined : { patch: { ownerId } })
    }
    return results
  },
})

async function ownerOf(
  { id, values }: TypedWrite<'Lead'>,
  context: PluginContext,
  rules: readonly ActiveRule[],
  given: ReadonlyMap<string, number>,
): Promise<string | undefined> {
  const { country = null, region = null, postalCode = null } = values
  const place = { country, region, postalCode }
  const lead = newLead(context, id, values)
  const assignment = rules.length > 0 ? await findAssignee(context, rules, lead, place, given) : null
  return assignment?.member.userId ?? (context.actor.kind === 'USER' ? context.actor.id : undefined)
}

/** Whether the caller may create leads that others own. Who may only create leads of their own keeps them. */
function createsForOthers(context: PluginContext): boolean {
  return recordScopes(workOf(context).context.actor, 'lead', 'create')?.length === 0
}
