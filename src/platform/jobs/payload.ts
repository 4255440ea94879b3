import { z } from 'zod'
import type { Job } from '../declare/job.ts'

const emptyPayload = z.strictObject({})

/** A value in a payload that does not match the job's schema. */
export interface PayloadProblem {
  /** Path of the value in the payload; empty for the payload itself. */
  readonly path: readonly string[]
  readonly message: string
}

/**
 * Returns the problems of a payload against the schema that the job declares; empty when it matches. The payload of a
 * job without a schema has to be an empty object.
 */
export function payloadProblems(job: Job, payload: unknown): PayloadProblem[] {
  const { error } = schemaOf(job).safeParse(payload)
  return (error?.issues ?? []).map(({ path, message }) => ({ path: path.map(String), message }))
}

/**
 * Checks a payload against the schema that the job declares, and returns the payload with the schema's defaults.
 * @throws Error that names the job, the fields and their problems.
 */
export function checkPayload(job: Job, payload: unknown): Readonly<Record<string, unknown>> {
  const parsed = schemaOf(job).safeParse(payload)
  if (parsed.success) return parsed.data
  const problems = payloadProblems(job, payload).map(
    ({ path, message }) => `${path.join('.') || 'payload'}: ${message}`,
  )
  throw new Error(`The payload does not match the schema of the job ${job.name}. ${problems.join('; ')}`)
}

function schemaOf(job: Job): z.ZodObject {
  return job.payload ?? emptyPayload
}
