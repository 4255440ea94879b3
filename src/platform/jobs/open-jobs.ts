import type { Background } from '../plugins/background/background.ts'
import { createLiveness, type Liveness, releaseDeadWorkers } from './liveness.ts'
import { jobsOf } from './run-job.ts'
import type { JobWorker } from './worker.ts'

/** Milliseconds between two checks for jobs of dead workers and for changes of the loaded plugins. */
const CHECK_INTERVAL_MS = 15_000

/** The worker with which this process runs the jobs of core and of the loaded plugins. */
export interface Jobs {
  /** Takes no more jobs from the queue, and waits for the running jobs. */
  close(): Promise<void>
}

interface RunningWorker {
  /**
   * Name and schedule of each job of the worker. When the jobs of the loaded plugins differ from this list, the worker
   * is replaced.
   */
  readonly jobList: string
  readonly worker: JobWorker
  readonly liveness: Liveness
}

/**
 * Starts to run the jobs of core and of the loaded plugins, when they are enqueued or by their schedule, until `close`.
 * Several nodes may run jobs at the same time.
 */
export function openJobs(background: Background, databaseUrl: string): Jobs {
  const { database, host, log } = background
  let current: RunningWorker | null = null
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const stop = async () => {
    const stopped = current
    current = null
    await stopped?.worker.stop()
    await stopped?.liveness.close()
  }

  const check = async () => {
    const jobs = jobsOf(host)
    const jobList = jobs.map(({ job }) => `${job.name} ${job.schedule ?? ''}`).join('\n')
    if (current && current.jobList !== jobList) await stop()
    if (!current) {
      const { startWorker } = await import('./worker.ts')
      const worker = await startWorker(background, databaseUrl, jobs)
      current = { jobList, worker, liveness: createLiveness(databaseUrl) }
    }
    await current.liveness.hold(current.worker.id)
    const dead = await releaseDeadWorkers(database.ownerPool)
    if (dead > 0) log.info({ workers: dead }, 'Returned the jobs of dead workers to the queue')
  }

  const checkAndSchedule = async () => {
    try {
      await check()
    } catch (error) {
      log.warn({ err: error }, 'The job queue could not be checked; the check is retried')
    }
    if (!isClosed) timer = setTimeout(checkNext, CHECK_INTERVAL_MS).unref()
  }
  let checking = checkAndSchedule()
  const checkNext = () => {
    checking = checkAndSchedule()
  }

  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await checking
      await stop()
    },
  }
}
