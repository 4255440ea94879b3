import pg, { type ClientBase } from 'pg'
import { MigrationError } from './migration-error.ts'

/** Revision of the schema `graphile_worker` that the installed graphile-worker works with. */
const REVISION = 20

/**
 * Brings the queue's own schema, `graphile_worker`, up to date. Where it is, one small statement is all; the library itself
 * is loaded only where it is not.
 * @throws MigrationError when the database refuses.
 */
export async function migrateJobs(client: ClientBase, ownerUrl: string): Promise<void> {
  if ((await revisionOf(client)) >= REVISION) return
  const { Logger, runMigrations } = await import('graphile-worker')
  const silent = new Logger(() => () => undefined)
  // Left to itself the library does not wait for its connection to end, nor listen when it breaks meanwhile.
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1 })
  pool.on('error', () => undefined)
  pool.on('connect', (connection) => connection.on('error', () => undefined))
  try {
    await runMigrations({ pgPool: pool, concurrency: 1, logger: silent })
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
