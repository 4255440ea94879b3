import type { Background } from '../plugins/background/background.ts'
import { failureMessage } from './failure-message.ts'
import { type OwnedJob, runJob } from './run-job.ts'
import { INTERRUPTED_MESSAGE, recordEnd, type TakenRun } from './run-outcomes.ts'

/** A run that this process has taken from the queue. */
export interface TakenJobRun {
  readonly workspaceId: string
  readonly payload: unknown
  /** Whether a handler requested the run. */
  readonly byHandler: boolean
  readonly taken: TakenRun
  /** Number of attempts after which the run is given up. */
  readonly maxAttempts: number
}

/**
 * Runs one attempt of a run that this process has taken from the queue, and records how it ended.
 * @param stopped A promise that rejects when the process shuts down. The attempt is then rolled back.
 * @throws Error whose message is the recorded message of the failure, for the queue to store.
 */
export async function runTaken(
  background: Background,
  owned: OwnedJob,
  { workspaceId, payload, byHandler, taken, maxAttempts }: TakenJobRun,
  stopped: Promise<unknown> = new Promise(() => undefined),
): Promise<void> {
  const { ownerPool } = background.database
  const { name } = owned.job
  const logFields = { plugin: owned.plugin.id, job: name, workspaceId, queueId: taken.queueId }
  let isStopped = false
  stopped.catch(() => {
    isStopped = true
  })
  try {
    if (await runJob(background, owned, { workspaceId, payload, byHandler, taken }, stopped)) return
    background.log.info(logFields, 'A job was dropped: its workspace does not use the plugin any more')
    await recordEnd(ownerPool, workspaceId, name, taken, 'DROPPED', null)
  } catch (error) {
    background.log.warn({ ...logFields, attempts: taken.attempts, maxAttempts, err: error }, 'A job failed')
    const message = isStopped ? INTERRUPTED_MESSAGE : await failureMessage(ownerPool, workspaceId, name, error)
    await recordEnd(ownerPool, workspaceId, name, taken, isStopped ? 'INTERRUPTED' : 'FAILED', message)
    throw new Error(message, { cause: error })
  }
}
