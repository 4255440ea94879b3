import pg from 'pg'

/** Advisory locks of workers that live are `(CLASS, hash of the worker's id)`: the letters `jobs`. */
const CLASS = 1785684595
/** A worker takes its first job some milliseconds before its lock is taken. */
const GRACE_SECONDS = 10

/** Tells the other nodes that a worker lives. */
export interface Liveness {
  /** Makes sure that the lock is held, after a lost connection again. */
  hold(workerId: string): Promise<void>
  close(): Promise<void>
}

/**
 * Holds a lock in the database for a worker. It is free at the moment the process or its connection is gone, so that what
 * it had taken is not waited for: the queue by itself gives up a worker after four hours.
 */
export function createLiveness(url: string): Liveness {
  let client: pg.Client | null = null
  return {
    async hold(workerId) {
      if (client) return
      const next = new pg.Client({ connectionString: url, application_name: 'rapport jobs', keepAlive: true })
      const lost = () => {
        if (client === next) client = null
      }
      next.on('error', lost)
      next.on('end', lost)
      await next.connect()
      await next.query('select pg_advisory_lock($1::int, hashtext($2))', [CLASS, workerId])
      client = next
    },
    async close() {
      const last = client
      client = null
      await last?.end()
    },
  }
}

/** Gives jobs that a dead worker had taken back to the queue. Answers how many workers that were. */
export async function releaseDeadWorkers(ownerPool: Pick<pg.Pool, 'query'>): Promise<number> {
  const { rows } = await ownerPool.query<{ ids: string[] | null }>(
    `select array_agg(distinct jobs.locked_by) as ids from graphile_worker._private_jobs jobs
     where jobs.locked_at < now() - make_interval(secs => ${GRACE_SECONDS}) and not exists (
       select from pg_locks
       where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
         and classid = ${CLASS}::oid and objid = (hashtext(jobs.locked_by)::bigint & 4294967295)::oid and objsubid = 2
     )`,
  )
  const ids = rows[0]?.ids ?? []
  if (ids.length > 0) await ownerPool.query('select graphile_worker.force_unlock_workers($1)', [ids])
  return ids.length
}
