import { definePlugin } from '../../platform/declare/plugin.ts'
import { assignLead } from './acts/assign-lead.ts'
import { confirmLeadEmail } from './acts/confirm-lead-email.ts'
import { disqualifyLead } from './acts/disqualify-lead.ts'
import { recycleLead } from './acts/recycle-lead.ts'
import { reopenLead } from './acts/reopen-lead.ts'
import { startLead } from './acts/start-lead.ts'
import { assignNewLeads } from './assignment/assign-new-leads.ts'
import { leadAssignmentRule } from './assignment/assignment-rule.ts'
import { assignmentRuleFits } from './assignment/assignment-rule-fits.ts'
import { previewLeadAssignment } from './assignment/preview-assignment.ts'
import { convertLead } from './convert/convert-lead.ts'
import { leadMappings } from './convert/mappings.ts'
import { awaitConfirmation, pendingWaits } from './forms/confirmation.ts'
import { formFits } from './forms/form-rules.ts'
import { issueLeadConfirmation } from './forms/issue-confirmation.ts'
import { leadForm } from './forms/lead-form.ts'
import { lead } from './lead.ts'
import { leadStays } from './lead-rules.ts'
import { decayScores } from './scoring/decay-scores.ts'
import { keepScore, keepScores, scoringRuleFits } from './scoring/keep-scores.ts'
import { leadScoringRule } from './scoring/scoring-rule.ts'

export { createPublicForms } from './forms/public-forms.ts'

export const leads = definePlugin({
  id: 'leads',
  description: 'Leads: people and organisations that may become customers.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [lead, leadScoringRule, leadAssignmentRule, leadForm],
  rules: [
    leadStays,
    awaitConfirmation,
    pendingWaits,
    assignNewLeads,
    formFits,
    assignmentRuleFits,
    scoringRuleFits,
    keepScore,
    keepScores,
  ],
  queries: [previewLeadAssignment],
  acts: [assignLead, confirmLeadEmail, startLead, disqualifyLead, recycleLead, reopenLead],
  operations: [convertLead, issueLeadConfirmation],
  mappings: leadMappings,
  jobs: [decayScores],
})
