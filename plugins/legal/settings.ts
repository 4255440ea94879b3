import { z } from 'rapport/plugin'

export const workspaceSettings = z.object({
  remindDaysBefore: z
    .int()
    .min(0)
    .max(365)
    .default(14)
    .describe('Number of days before a deadline on which its task is created.'),
})
