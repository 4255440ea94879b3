import { defineAct } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { activeRules, findAssignee } from '../assignment/find-assignee.ts'
import { storedLead } from '../assignment/lead-rows.ts'

export const confirmLeadEmail = defineAct({
  name: 'confirmLeadEmail',
  description:
    'Records that the person of a pending lead has confirmed the e-mail address, such as by telephone. The lead is then assigned like a new one. The address of `issueLeadConfirmation` does the same.',
  object: 'Lead',
  async apply(lead, context) {
    if (!lead.isConfirmationPending) {
      const why = 'The lead waits for no confirmation.'
      return { refusals: [ruleViolation('leads.pendingWaits', ['input', 'id'], why)] }
    }
    const assignment = await findAssignee(
      context,
      await activeRules(context),
      storedLead(context, lead.id),
      lead,
      new Map(),
    )
    return {
      patch: {
        isConfirmationPending: false,
        emailConfirmedAt: context.now,
        ...(assignment ? { ownerId: assignment.member.userId } : {}),
      },
    }
  },
})
