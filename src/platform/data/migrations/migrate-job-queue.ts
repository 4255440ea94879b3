import pg, { type ClientBase } from 'pg'
import { MigrationError } from './migration-error.ts'

/** The revision of the schema `graphile_worker` that the installed version of graphile-worker needs. */
const REVISION = 20

/**
 * Our indexes on the table of queued runs, by name. They find the runs of one job in one workspace for the functions
 * `rapport_queued_runs` and `rapport_queued_counts`, however long the queue is: those that wait, those that run now, and
 * those that were given up.
 */
const INDEXES: Readonly<Record<string, string>> = {
  rapport_waiting: `((payload ->> 'workspaceId'), task_id, run_at, id) where is_available`,
  rapport_running: `((payload ->> 'workspaceId'), task_id) where locked_at is not null`,
  rapport_given_up: `((payload ->> 'workspaceId'), task_id, id) where locked_at is null and not is_available`,
}

/**
 * Brings the schema of the job queue, `graphile_worker`, up to date, and adds our indexes to it. Loads the library
 * graphile-worker only when the schema is not up to date; otherwise this takes three small statements.
 * @throws MigrationError when the database refuses the migration.
 */
export async function migrateJobQueue(client: ClientBase, ownerUrl: string): Promise<void> {
  if ((await revisionOf(client)) < REVISION) await runQueueMigrations(ownerUrl)
  await addIndexes(client)
}

async function runQueueMigrations(ownerUrl: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker')
  const silentLogger = new Logger(() => () => undefined)
  // The library could create a pool itself, but it would not wait until the connection has ended, and would not handle
  // the error of a connection that breaks.
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  pool.on('error', () => undefined)
  pool.on('connect', (connection) => connection.on('error', () => undefined))
  try {
    await runMigrations({ pgPool: pool, concurrency: 1, logger: silentLogger })
  } catch (error) {
    throw new MigrationError(
      `The job queue's schema graphile_worker could not be set up: ${error instanceof Error ? error.message : String(error)}. ` +
        'The database user has to be allowed to create a schema in the database.',
      { cause: error },
    )
  } finally {
    await pool.end()
  }
}

async function revisionOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ table: string | null }>(
    `select to_regclass('graphile_worker.migrations')::text as "table"`,
  )
  if (!rows[0]?.table) return 0
  const applied = await client.query<{ id: number | null }>('select max(id) as id from graphile_worker.migrations')
  return applied.rows[0]?.id ?? 0
}

async function addIndexes(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select indexname as name from pg_indexes where schemaname = 'graphile_worker' and indexname = any($1)`,
    [Object.keys(INDEXES)],
  )
  const existing = new Set(rows.map(({ name }) => name))
  for (const [name, definition] of Object.entries(INDEXES))
    if (!existing.has(name)) await client.query(`create index ${name} on graphile_worker._private_jobs ${definition}`)
}
