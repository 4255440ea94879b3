import { z } from 'rapport/plugin'

export const workspaceSettings = z.object({
  remindDaysBefore: z.int().min(0).max(365).default(14).describe('Days from the task to its deadline.'),
})
