import { EventEmitter } from 'node:events'
import { parseCronItems, Logger as QueueLogger, type Runner, run, type Task, type TaskList } from 'graphile-worker'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Background } from '../plugins/background/background.ts'
import { queuedPayloadSchema } from './queued-payload.ts'
import type { OwnedJob } from './run-job.ts'
import { runTaken } from './run-taken.ts'
import { crontabOf, enqueueInWorkspaces, scheduleTask } from './schedule.ts'

/** Number of jobs that run at the same time. Each may hold a connection of the server's pool. */
const CONCURRENCY = 2
/** Connections of the worker's own pool: one for each running job, and one that listens for new jobs. */
const POOL_SIZE = CONCURRENCY + 1
/**
 * Milliseconds between two checks for jobs whose time has come, such as retries. The database notifies the worker of
 * new jobs that are due now.
 */
const POLL_MS = 2_000

/** A worker for a set of jobs. */
export interface JobWorker {
  /** The id with which the queue locks the jobs that this worker has taken. */
  readonly id: string
  /** Takes no more jobs from the queue, and waits for the running jobs. */
  stop(): Promise<void>
}

/**
 * Starts a worker that runs the given jobs from the queue in the database, until `stop`. It does not handle signals of
 * the operating system: the process calls `stop`.
 */
export async function startWorker(background: Background, url: string, jobs: readonly OwnedJob[]): Promise<JobWorker> {
  const events = new EventEmitter()
  let id = ''
  events.on('pool:create', ({ workerPool }: { readonly workerPool: { readonly id: string } }) => {
    id = workerPool.id
  })
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE, allowExitOnIdle: true })
  const onConnectionError = (error: Error) =>
    background.log.warn({ err: error }, 'A database connection of the job queue failed; it is replaced')
  pool.on('error', onConnectionError)
  // The pool emits no `error` event for a connection that is in use. The connection itself does, and Node ends the
  // process for an `error` event without a listener.
  pool.on('connect', (client) => client.on('error', onConnectionError))
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
      // Called too, because `runner.stop` does not wait for a connection that is still being opened.
      await pool.end()
    },
  }
}

function tasksOf(background: Background, jobs: readonly OwnedJob[]): TaskList {
  return Object.fromEntries(
    jobs.flatMap((owned): [string, Task][] => [
      [owned.job.name, taskOf(background, owned)],
      [scheduleTask(owned), async () => void (await enqueueInWorkspaces(background.database.ownerPool, owned))],
    ]),
  )
}

function taskOf(background: Background, owned: OwnedJob): Task {
  return async (queuedPayload, { job, abortPromise }) => {
    const startedMs = performance.now()
    const queued = queuedPayloadSchema.parse(queuedPayload)
    const { id: queueId, attempts, max_attempts: maxAttempts, created_at: requestedAt } = job
    const taken = { queueId, attempts, requestedAt, startedMs }
    await runTaken(background, owned, { ...queued, taken, maxAttempts }, abortPromise)
  }
}

const FAILED_TASK = /^(Permanently f|F)ailed task/

/**
 * Returns the logger for messages of the queue's library. Errors of the queue are logged at the level `warn`, all other
 * messages at `trace`. Messages about failed jobs are logged at `trace` too, because `runTaken` logs these failures.
 */
function queueLogger(log: Logger): QueueLogger {
  return new QueueLogger(() => (level, message) => {
    if (level === 'error' && !FAILED_TASK.test(message)) log.warn({ reason: message }, 'The job queue had an error')
    else log.trace({ message }, 'Message of the job queue')
  })
}
