import { z } from 'zod'

/** What the queue stores for each run: the workspace, and the payload that the job gets. */
export const queuedPayloadSchema = z.object({ workspaceId: z.uuid(), payload: z.unknown() })
