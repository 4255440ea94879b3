import { EventEmitter } from 'node:events'
import { parseCronItems, Logger as QueueLogger, type Runner, run, type Task, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Background } from '../plugins/background/background.ts'
import { type OwnedJob, runJob } from './run-job.ts'
import { askEverywhere, crontabOf, scheduleTask } from './schedule.ts'

/** Jobs at work at once; each may hold a connection of the server's pool. */
const CONCURRENCY = 2
/** Beside the jobs, one that listens for new ones. */
const POOL_SIZE = CONCURRENCY + 1
/** Milliseconds until a job whose time has come is noticed; a new one is noticed at once. */
const POLL_MS = 2_000

/** A worker for a set of jobs. */
export interface JobWorker {
  /** Under which the queue knows what it has taken. */
  readonly id: string
  /** Takes nothing new, and waits for what runs. */
  stop(): Promise<void>
}

/** Starts a worker on the queue of the database. It handles no signals. */
export async function startWorker(background: Background, url: string, jobs: readonly OwnedJob[]): Promise<JobWorker> {
  const events = new EventEmitter()
  let id = ''
  events.on('pool:create', ({ workerPool }: { readonly workerPool: { readonly id: string } }) => {
    id = workerPool.id
  })
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, allowExitOnIdle: true })
  const onLost = (error: Error) =>
    background.log.warn({ err: error }, 'A connection of the job queue broke; it is replaced')
  pool.on('error', onLost)
  // One that is checked out tells the pool nothing, and an error that nobody listens to ends the process.
  pool.on('connect', (client) => client.on('error', onLost))
  const runner: Runner = await run({
    pgPool: pool,
    concurrency: CONCURRENCY,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    logger: queueLogger(background.log),
    events,
    taskList: tasksOf(background, jobs),
    parsedCronItems: parseCronItems(crontabOf(jobs).map((item) => ({ ...item }))),
  }).catch(async (error: unknown) => {
    await pool.end()
    throw error
  })
  runner.promise.catch((error: unknown) => background.log.error({ err: error }, 'The worker of the job queue stopped'))
  return {
    id,
    async stop() {
      await runner.stop()
      // The runner does not wait for a connection that it was still opening; the pool does.
      await pool.end()
    },
  }
}

function tasksOf(background: Background, jobs: readonly OwnedJob[]): TaskList {
  return Object.fromEntries(
    jobs.flatMap((owned): [string, Task][] => [
      [owned.job.name, taskOf(background, owned)],
      [scheduleTask(owned), async () => void (await askEverywhere(background.database.ownerPool, owned))],
    ]),
  )
}

const queued = z.object({ workspaceId: z.uuid(), payload: z.unknown() })

function taskOf(background: Background, owned: OwnedJob): Task {
  return async (asked, { job, abortPromise }) => {
    const { workspaceId, payload } = queued.parse(asked)
    const place = { plugin: owned.plugin.id, job: owned.job.name, workspaceId, queueId: job.id }
    try {
      const isRun = await runJob(background, owned, { workspaceId, payload, queueId: job.id }, abortPromise)
      if (!isRun) background.log.info(place, 'A job was dropped: its workspace does not use the plugin any more')
    } catch (error) {
      const { attempts, max_attempts: maxAttempts } = job
      background.log.warn({ ...place, attempts, maxAttempts, err: error }, 'A job failed')
      throw error
    }
  }
}

const FAILED_TASK = /^(Permanently f|F)ailed task/

/** The queue's own messages: its faults are told, and the rest only to who looks for it. A failed job is told above. */
function queueLogger(log: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    if (level === 'error' && !FAILED_TASK.test(message)) log.warn({ reason: message }, 'The job queue reports a fault')
    else log.trace({ message }, 'The job queue reports')
  })
}
