import { sql } from '../data/sql.ts'
import type { JobQueue } from '../request/job-queue.ts'
import { checkPayload } from './payload.ts'

const MAX_KEY_LENGTH = 255

/** Creates the queue that stores jobs in the database. It has no state of its own. */
export function createJobQueue(): JobQueue {
  return {
    async enqueue(transaction, job, payload = {}, { runAt, key } = {}) {
      if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))
        throw new Error(`The key of a run of ${job.name} has 1 to ${MAX_KEY_LENGTH} characters.`)
      const text = JSON.stringify(payload)
      // Checks the payload as the job will get it, after its conversion to JSON.
      checkPayload(job, JSON.parse(text))
      await transaction.query(
        sql`select rapport_add_job(${job.name}, ${text}::jsonb, ${runAt ?? null}::timestamptz, ${key ?? null})`,
      )
    },
  }
}
