import type { Transaction } from '../data/transaction.ts'
import type { Job } from '../declare/job.ts'
import type { EnqueueOptions } from '../declare/plugin-context.ts'

/** The queue of plugins' jobs. */
export interface JobQueue {
  /**
   * Enqueues a run of the job in the workspace of the transaction, as part of the transaction: the run becomes due when
   * the transaction commits, and does not exist when it is rolled back.
   * @param payload Input of the job, which has to match the job's schema. Default: `{}`.
   * @param options With `byHandler`, the run is one that a handler requests, see `RequestContext`.
   * @returns The id of the run in the queue, a bigint as text.
   * @throws Error that names the job when the payload does not match its schema.
   */
  enqueue(
    transaction: Transaction,
    job: Job,
    payload?: Readonly<Record<string, unknown>>,
    options?: EnqueueOptions & { readonly byHandler?: boolean },
  ): Promise<string>
}
