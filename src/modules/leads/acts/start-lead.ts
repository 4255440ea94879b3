import { statusAct } from './status-act.ts'

export const startLead = statusAct({
  name: 'startLead',
  description: 'Starts to work on a lead: changes its status from `OPEN` or `RECYCLED` to `WORKING`.',
  from: ['OPEN', 'RECYCLED'],
  to: 'WORKING',
})
