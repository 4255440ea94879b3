import type { Transaction } from '../data/transaction.ts'
import type { Job } from '../declare/job.ts'
import type { EnqueueOptions } from '../declare/plugin-context.ts'

/** Where work for the background is put. */
export interface JobQueue {
  /**
   * Asks for a run of the job in the work's workspace, in the work's own transaction: it waits from the commit on, or was
   * never asked for.
   * @throws Error that names the job when the payload is not what it declares.
   */
  enqueue(
    transaction: Transaction,
    job: Job,
    payload?: Readonly<Record<string, unknown>>,
    options?: EnqueueOptions,
  ): Promise<void>
}
