import { z } from 'zod'

/**
 * What the queue stores for each run: the workspace, the payload that the job gets, and whether a handler requested the run.
 * A scheduled run, and one of an earlier version, does not say the last.
 */
export const queuedPayloadSchema = z.object({
  workspaceId: z.uuid(),
  payload: z.unknown(),
  byHandler: z.boolean().default(false),
})
