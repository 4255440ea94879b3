import { defineQuery } from '../../../platform/declare/query.ts'
import { leadFilterErrors } from '../lead-filter.ts'
import { activeRules, findAssignee } from './find-assignee.ts'
import { storedLead } from './lead-rows.ts'

export const previewLeadAssignment = defineQuery({
  name: 'previewLeadAssignment',
  description:
    'Who would get a lead if it were assigned now, by which rule, and why. Nothing is changed, and no turn is taken. Null when the lead does not exist. Needs permission to read the fields of leads by which the rules decide.',
  permission: 'leadAssignmentRule:read',
  args: { leadId: { type: 'ID', isRequired: true, description: 'The lead.' } },
  answer: {
    type: {
      name: 'LeadAssignmentPreview',
      description: 'Who would get a lead, and why.',
      fields: {
        assignee: { type: 'User', isNullable: true, description: 'The user who would get it; null when no rule fits.' },
        rule: {
          type: 'LeadAssignmentRule',
          isNullable: true,
          description: 'The rule that decides; null when none fits.',
        },
        reasons: { type: 'String', isList: true, description: 'Why, as English sentences.' },
      },
    },
  },
  async run({ leadId }, context) {
    context.requireRead([['Lead', 'country', 'region', 'postalCode']], 'previewLeadAssignment')
    const lead = await context.records.get('Lead', leadId)
    if (!lead?.id) return null
    const rules = await context.prisma.leadAssignmentRule.findMany({
      where: { isActive: true },
      select: { filter: true },
    })
    // Throws FORBIDDEN for a field that the caller may not read: the rule that fits would tell of it.
    for (const { filter } of rules) if (filter !== null) leadFilterErrors(context, filter)
    const { country = null, region = null, postalCode = null } = lead
    const place = { country, region, postalCode }
    const assignment = await findAssignee(
      context,
      await activeRules(context),
      storedLead(context, lead.id),
      place,
      null,
    )
    if (!assignment) return { assignee: null, rule: null, reasons: ['No rule has a member for the lead.'] }
    return { assignee: assignment.member.userId, rule: assignment.ruleId, reasons: assignment.reasons }
  },
})
