import { z } from 'zod'
import type { Job } from '../declare/job.ts'

const emptyPayload = z.strictObject({})

/**
 * Checks a payload against the schema that the job declares, and returns the payload with the schema's defaults. The
 * payload of a job without a schema has to be an empty object.
 * @throws Error that names the job, the fields and their problems.
 */
export function checkPayload(job: Job, payload: unknown): Readonly<Record<string, unknown>> {
  const parsed = (job.payload ?? emptyPayload).safeParse(payload)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
  throw new Error(`The payload does not match the schema of the job ${job.name}. ${problems.join('; ')}`)
}
