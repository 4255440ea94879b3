import { defineAct } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { activeRules, findAssignee } from '../assignment/find-assignee.ts'
import { storedLead } from '../assignment/lead-rows.ts'

export const assignLead = defineAct({
  name: 'assignLead',
  description:
    'Gives a lead to whom the assignment rules name now, whoever owns it. `previewLeadAssignment` says in advance who that is, and why.',
  object: 'Lead',
  async apply(lead, context) {
    if (lead.status === 'CONVERTED')
      return { refusals: [ruleViolation('leads.status', ['input', 'id'], 'The lead is converted.')] }
    const assignment = await findAssignee(
      context,
      await activeRules(context),
      storedLead(context, lead.id),
      lead,
      new Map(),
    )
    if (assignment) return { patch: { ownerId: assignment.member.userId } }
    const why = 'No assignment rule has a member for the lead. Add one, or set the owner with updateLead.'
    return { refusals: [ruleViolation('leads.assign', ['input', 'id'], why)] }
  },
})
