import { sql } from '../data/sql.ts'
import type { JobQueue } from '../request/job-queue.ts'
import { checkPayload } from './payload.ts'

const MAX_KEY_LENGTH = 255

/**
 * Creates the queue of jobs, which are stored in the database. `enqueue` throws when the payload does not match the
 * job's schema or the key is not 1 to 255 characters long.
 */
export function createJobQueue(): JobQueue {
  return {
    async enqueue(transaction, job, payload = {}, { runAt, key, byHandler = false } = {}) {
      if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))
        throw new Error(`The key of a run of ${job.name} has 1 to ${MAX_KEY_LENGTH} characters.`)
      const text = JSON.stringify(payload)
      // The conversion to JSON may change values, such as a Date to a text. So the converted payload is checked.
      checkPayload(job, JSON.parse(text))
      const [row] = await transaction.query<{ queueId: string }>(
        sql`select rapport_enqueue_run(${job.name}, ${text}::jsonb, ${runAt ?? null}::timestamptz, ${key ?? null}, ${byHandler}::boolean) as "queueId"`,
      )
      if (!row) throw new Error(`The queue returned no id for the run of ${job.name}.`)
      return row.queueId
    },
  }
}
