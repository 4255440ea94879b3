import { z } from 'zod'
import type { Job } from '../declare/job.ts'

const nothing = z.strictObject({})

/**
 * The payload as the job declares it, with its defaults.
 * @throws Error that names the job, the field and what is wrong with it.
 */
export function checkPayload(job: Job, payload: unknown): Readonly<Record<string, unknown>> {
  const parsed = (job.payload ?? nothing).safeParse(payload)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`)
  throw new Error(`The payload is not what the job ${job.name} declares. ${problems.join('; ')}`)
}
