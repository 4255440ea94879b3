import { z } from 'rapport/plugin'

export const workspaceSettings = z.object({
  /** Code of the fund that a gift goes to when nobody says what it is for. */
  defaultFundCode: z.string().min(1).default('GENERAL'),
})
