import type { Background } from '../plugins/background/background.ts'
import { createLiveness, type Liveness, releaseDeadWorkers } from './liveness.ts'
import { jobsOf } from './run-job.ts'
import type { JobWorker } from './worker.ts'

/** Milliseconds between looks at what dead workers left, and at which plugins are loaded. */
const LOOK_MS = 15_000

/** The jobs of plugins, at work in this process. */
export interface Jobs {
  /** Takes nothing new, and waits for what runs. */
  close(): Promise<void>
}

interface Working {
  readonly names: string
  readonly worker: JobWorker
  readonly liveness: Liveness
}

/**
 * Runs the jobs of the loaded plugins, asked for or by their schedule, as any number of nodes may do at once. Where no
 * loaded plugin has a job it costs nothing: no connection, no statement, and the queue's library is not loaded.
 */
export function openJobs(background: Background, databaseUrl: string): Jobs {
  const { database, host, log } = background
  let working: Working | null = null
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  const stop = async () => {
    const last = working
    working = null
    await last?.worker.stop()
    await last?.liveness.close()
  }

  const look = async () => {
    const jobs = jobsOf(host.loaded)
    const names = jobs.map(({ job }) => `${job.name} ${job.schedule ?? ''}`).join('\n')
    if (working && working.names !== names) await stop()
    if (jobs.length === 0) return
    if (!working) {
      const { startWorker } = await import('./worker.ts')
      const worker = await startWorker(background, databaseUrl, jobs)
      working = { names, worker, liveness: createLiveness(databaseUrl) }
    }
    await working.liveness.hold(working.worker.id)
    const dead = await releaseDeadWorkers(database.ownerPool)
    if (dead > 0) log.info({ workers: dead }, 'Jobs that a worker left when it died are taken up again')
  }

  const lookAndWait = async () => {
    try {
      await look()
    } catch (error) {
      log.warn({ err: error }, 'The job queue can not be worked at now; it is tried again')
    }
    if (!isClosed) timer = setTimeout(next, LOOK_MS).unref()
  }
  let looking = lookAndWait()
  const next = () => {
    looking = lookAndWait()
  }

  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
      await stop()
    },
  }
}
