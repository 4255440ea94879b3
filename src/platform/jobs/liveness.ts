import pg from 'pg'
import { INTERRUPTED_MESSAGE, OVERWRITE } from './run-outcomes.ts'

/**
 * First key of the advisory locks that running workers hold: the bytes of the text `jobs` as a number. The second key
 * is the hash of the worker's id.
 */
const LOCK_CLASS = 1785684595
/**
 * A worker without an advisory lock counts as dead only when its job has been locked for more than these seconds: a new
 * worker takes its first job some milliseconds before it takes its advisory lock.
 */
const GRACE_SECONDS = 10

/** The lock that shows the other nodes that a worker is running. */
export interface Liveness {
  /** Takes the lock if this process does not hold it, such as after the connection was lost. */
  hold(workerId: string): Promise<void>
  /** Releases the lock. */
  close(): Promise<void>
}

/**
 * Creates a lock in the database for a worker, on a connection of its own. PostgreSQL releases the lock as soon as the
 * process or the connection ends, so other nodes notice within seconds that the worker is dead. The library of the
 * queue alone would notice it only after four hours.
 */
export function createLiveness(url: string): Liveness {
  let client: pg.Client | null = null
  return {
    async hold(workerId) {
      if (client) return
      const newClient = new pg.Client({ connectionString: url, application_name: 'rapport jobs', keepAlive: true })
      const onLost = () => {
        if (client === newClient) client = null
      }
      newClient.on('error', onLost)
      newClient.on('end', onLost)
      await newClient.connect()
      await newClient.query('select pg_advisory_lock($1::int, hashtext($2))', [LOCK_CLASS, workerId])
      client = newClient
    },
    async close() {
      const lastClient = client
      client = null
      await lastClient?.end()
    },
  }
}

/**
 * Unlocks the jobs that dead workers had taken, so that these jobs are run again, and records that their attempts were
 * interrupted. Returns the number of dead workers.
 */
export async function releaseDeadWorkers(ownerPool: Pick<pg.Pool, 'query'>): Promise<number> {
  const { rows } = await ownerPool.query<{ workers: number }>(
    `with dead as (
       select jobs.* from graphile_worker._private_jobs jobs
       where jobs.locked_by in (
         select locked.locked_by from graphile_worker._private_jobs locked
         where locked.locked_at < now() - make_interval(secs => ${GRACE_SECONDS}) and not exists (
           select from pg_locks
           where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
             and classid = ${LOCK_CLASS}::oid and objid = (hashtext(locked.locked_by)::bigint & 4294967295)::oid and objsubid = 2
         )
       ) for update skip locked
     ), released as (
       update graphile_worker._private_jobs jobs set locked_at = null, locked_by = null, last_error = $1, updated_at = now()
       from dead where jobs.id = dead.id
     ), recorded as (
       insert into plugin_job_runs as r
         (workspace_id, queue_id, job, outcome, attempts, requested_at, started_at, ended_at, error)
       select w.id, dead.id, tasks.identifier, 'INTERRUPTED', dead.attempts, dead.created_at, dead.locked_at, now(), $1
       from dead join graphile_worker._private_tasks tasks on tasks.id = dead.task_id
       join workspaces w on w.id = (dead.payload ->> 'workspaceId')::uuid
       on conflict (workspace_id, queue_id) do update set ${OVERWRITE}, error = excluded.error
     )
     select count(distinct locked_by)::int as workers from dead`,
    [INTERRUPTED_MESSAGE],
  )
  return rows[0]?.workers ?? 0
}
