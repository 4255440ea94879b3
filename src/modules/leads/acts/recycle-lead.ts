import { longText } from '../../../platform/declare/objects/column-input.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { statusAct } from './status-act.ts'

export const recycleLead = statusAct({
  name: 'recycleLead',
  description:
    'Puts a lead aside that is not ready to buy now: changes its status to `RECYCLED`. `startLead` or `reopenLead` takes it up again.',
  from: ['OPEN', 'WORKING', 'DISQUALIFIED'],
  to: 'RECYCLED',
  input: {
    recycleOn: { type: 'Date', description: 'Day after today on which the lead is to be taken up again.' },
    comment: { type: 'String', description: 'Why the lead is not ready to buy now.', schema: longText },
  },
  refuse: ({ recycleOn }, today) =>
    recycleOn && recycleOn <= today ? [invalid(['input', 'recycleOn'], 'Must be a day after today.')] : [],
  values: ({ recycleOn, comment }) => ({ recycleOn: recycleOn ?? null, statusComment: comment || null }),
})
