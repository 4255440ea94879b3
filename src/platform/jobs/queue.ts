import { sql } from '../data/sql.ts'
import type { Job } from '../declare/job.ts'
import type { EnqueueOptions } from '../declare/plugin-context.ts'
import type { Work } from '../declare/rules/rule.ts'
import { checkPayload } from './payload.ts'

/** Where work for the background is put. */
export interface JobQueue {
  /**
   * Asks for a run of the job in the work's workspace, in the work's own transaction: it waits from the commit on, or was
   * never asked for.
   * @throws Error that names the job when the payload is not what it declares.
   */
  enqueue(work: Work, job: Job, payload?: Readonly<Record<string, unknown>>, options?: EnqueueOptions): Promise<void>
}

const MAX_KEY_LENGTH = 255

/** The queue in the database. It holds nothing itself. */
export function createJobQueue(): JobQueue {
  return {
    async enqueue({ transaction }, job, payload = {}, { runAt, key } = {}) {
      if (key !== undefined && (key === '' || key.length > MAX_KEY_LENGTH))
        throw new Error(`The key of a run of ${job.name} has 1 to ${MAX_KEY_LENGTH} characters.`)
      const text = JSON.stringify(payload)
      checkPayload(job, JSON.parse(text))
      await transaction.query(
        sql`select rapport_add_job(${job.name}, ${text}::jsonb, ${runAt ?? null}::timestamptz, ${key ?? null})`,
      )
    },
  }
}
