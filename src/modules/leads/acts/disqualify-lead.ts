import { longText } from '../../../platform/declare/objects/column-input.ts'
import { statusAct } from './status-act.ts'

export const disqualifyLead = statusAct({
  name: 'disqualifyLead',
  description: 'Records that a lead will not become a customer, and why: changes its status to `DISQUALIFIED`.',
  from: ['OPEN', 'WORKING', 'RECYCLED'],
  to: 'DISQUALIFIED',
  input: {
    reason: {
      type: 'LeadDisqualificationReason',
      isRequired: true,
      description: 'Why the lead will not become a customer.',
    },
    comment: { type: 'String', description: 'What else is known of why.', schema: longText },
  },
  values: ({ reason, comment }) => ({ disqualificationReason: reason, statusComment: comment || null }),
})
