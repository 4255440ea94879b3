import { z } from 'zod'
import type { Job } from '../declare/job.ts'

const emptyPayload = z.strictObject({})

/**
 * Checks a payload against the schema that the job declares, and returns it with the defaults filled in. For a job
 * without a schema it has to be empty.
 * @throws Error that names the job, the fields and their problems.
 */
export function checkPayload(job: Job, payload: unknown): Readonly<Record<string, unknown>> {
  const parsed = (job.payload ?? emptyPayload).safeParse(payload)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
  throw new Error(`The payload is not what the job ${job.name} declares. ${problems.join('; ')}`)
}
