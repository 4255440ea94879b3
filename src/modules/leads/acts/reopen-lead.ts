import { statusAct } from './status-act.ts'

export const reopenLead = statusAct({
  name: 'reopenLead',
  description:
    'Reopens a lead that was disqualified or recycled: changes its status to `OPEN`, and removes the reason.',
  from: ['DISQUALIFIED', 'RECYCLED'],
  to: 'OPEN',
})
