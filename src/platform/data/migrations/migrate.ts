import pg from 'pg'
import { ensureAppRole } from '../app-role.ts'
import { CORE } from '../models/model-declarations.ts'
import { migrateJobQueue } from './migrate-job-queue.ts'
import { MigrationError, NewerDatabaseError } from './migration-error.ts'
import { type MigrationFile, type MigrationSource, readMigrationFiles } from './migration-files.ts'

/** A migration that was run on the database. */
export interface AppliedMigration {
  /** `core` or the plugin's id. */
  readonly pluginId: string
  /** File name. */
  readonly name: string
}

export interface MigrateOptions {
  /** Called before each migration runs. */
  readonly onApply?: (pluginId: string, name: string) => void
}

/** A row of `rapport_migrations`. */
export interface AppliedRow extends AppliedMigration {
  readonly checksum: string
}

/** Key of the advisory lock: the letters `rapport` as bytes, a number that no other program is likely to use. */
const LOCK_KEY = '32195282895598196'

const TABLE = `create table if not exists rapport_migrations (
  owner text not null,
  name text not null,
  checksum text not null,
  started_at timestamptz not null,
  applied_at timestamptz not null,
  primary key (owner, name)
)`

/**
 * Brings the database up to date: runs the pending migrations of each source, in the order of `sources`, each file in a
 * transaction of its own together with its row in `rapport_migrations`. A file that fails or is interrupted leaves
 * nothing behind. When another process is migrating the database, waits for it.
 * @param ownerUrl connection URL of the owner of the tables
 * @returns the migrations that were run, in order
 * @throws MigrationError when a file fails, or an applied file was changed or is missing; NewerDatabaseError when the
 * database has migrations that the sources do not have.
 */
export async function migrate(
  ownerUrl: string,
  sources: readonly MigrationSource[],
  options: MigrateOptions = {},
): Promise<AppliedMigration[]> {
  const files = await readAllFiles(sources)
  return withMigrationLock(ownerUrl, async (client) => {
    const pending = findPending(files, await readAppliedMigrations(client))
    await ensureAppRole(client)
    await client.query(TABLE)
    for (const file of pending) {
      options.onApply?.(file.pluginId, file.name)
      await apply(client, file)
    }
    // The job queue has a migration history and a schema of its own. It can be migrated last, because only the bodies
    // of functions refer to its schema, and PostgreSQL looks up their names when the functions are called.
    if (sources.some(({ pluginId }) => pluginId === CORE)) await migrateJobQueue(client, ownerUrl)
    return pending.map(({ pluginId, name }) => ({ pluginId, name }))
  })
}

/**
 * Returns the migrations that `migrate` would run. Changes nothing, and does not wait for another process that is
 * migrating.
 * @throws MigrationError when an applied file was changed or is missing; NewerDatabaseError when the database has
 * migrations that the sources do not have.
 */
export async function pendingMigrations(
  ownerUrl: string,
  sources: readonly MigrationSource[],
): Promise<AppliedMigration[]> {
  const files = await readAllFiles(sources)
  const pending = await withConnection(ownerUrl, async (client) =>
    findPending(files, await readAppliedMigrations(client)),
  )
  return pending.map(({ pluginId, name }) => ({ pluginId, name }))
}

interface SourceFiles {
  readonly pluginId: string
  readonly files: readonly MigrationFile[]
}

function readAllFiles(sources: readonly MigrationSource[]): Promise<SourceFiles[]> {
  return Promise.all(
    sources.map(async (source) => ({ pluginId: source.pluginId, files: await readMigrationFiles(source) })),
  )
}

/**
 * Calls `run` with a connection as the owner while it holds the migration lock, and returns its result. Only one
 * process of the installation holds the lock at a time; others wait.
 */
export function withMigrationLock<Result>(
  ownerUrl: string,
  run: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return withConnection(ownerUrl, async (client) => {
    // The lock belongs to the database session, so it is released even when this process is killed.
    await client.query(`select pg_advisory_lock(${LOCK_KEY})`)
    return run(client)
  })
}

async function withConnection<Result>(url: string, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: 'rapport migrate' })
  // When the connection breaks, the running query fails, and the client emits an error, too. Without this listener that
  // error would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    // Waiting for the lock and running a large migration may take long, so the timeouts of the database do not apply.
    await client.query('set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0')
    return await run(client)
  } finally {
    await client.end()
  }
}

/**
 * Returns the migrations that were run on this database, sorted by the plugin's id and the file name. The list is empty
 * when the database was never migrated.
 */
export async function readAppliedMigrations(client: pg.ClientBase | pg.Pool): Promise<AppliedRow[]> {
  const lookup = await client.query<{ table: string | null }>(
    `select to_regclass('rapport_migrations')::text as "table"`,
  )
  if (!lookup.rows[0]?.table) return []
  const { rows } = await client.query<AppliedRow>(
    'select owner as "pluginId", name, checksum from rapport_migrations order by owner, name collate "C"',
  )
  return rows
}

/**
 * Returns the pending files of all sources. Ignores applied migrations of plugins that are not among the sources:
 * plugins are migrated by other commands.
 */
function findPending(sources: readonly SourceFiles[], applied: readonly AppliedRow[]): MigrationFile[] {
  return sources.flatMap(({ pluginId, files }) => pendingOf(pluginId, files, applied))
}

/**
 * Returns the files of core or of one plugin that were not run yet.
 * @param files all files of this plugin, in order
 * @param applied the migrations that were run, of all plugins
 * @throws MigrationError or NewerDatabaseError when the migrations that were run are not exactly the first of these
 * files.
 */
export function pendingOf(
  pluginId: string,
  files: readonly MigrationFile[],
  applied: readonly AppliedRow[],
): MigrationFile[] {
  const appliedOfPlugin = applied.filter((row) => row.pluginId === pluginId)
  appliedOfPlugin.forEach((row, index) => {
    checkHistory(row, files[index])
  })
  return files.slice(appliedOfPlugin.length)
}

function checkHistory(row: AppliedRow, file: MigrationFile | undefined): void {
  if (!file && row.pluginId !== CORE) {
    throw new NewerDatabaseError(
      `A newer version of ${row.pluginId} was installed: the database has its migration ${row.name}, which this version does not ` +
        'have. Install the newer version again.',
    )
  }
  if (!file) {
    throw new NewerDatabaseError(
      `This database was migrated by a newer version of Rapport: it has ${row.name} of ${row.pluginId}, which this version ` +
        'does not know. Start the newer version, or restore a backup from before the update.',
    )
  }
  if (file.name !== row.name) {
    throw new MigrationError(
      `Migration ${row.name} of ${row.pluginId} was applied to this database, but in its place there is ${file.name}. ` +
        `Restore ${row.name}, and give a new migration the next free number.`,
    )
  }
  if (file.checksum !== row.checksum) {
    throw new MigrationError(
      `Migration ${file.name} of ${file.pluginId} was changed after it was applied to this database. ` +
        'Restore its original text, and put the change into a new migration.',
    )
  }
}

async function apply(client: pg.Client, file: MigrationFile): Promise<void> {
  await client.query('begin')
  try {
    await applyMigration(client, file)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

/**
 * Runs one file in the open transaction of the client and inserts its row in `rapport_migrations`.
 * @throws MigrationError that names the file and line. The caller then has to roll back the transaction.
 */
export async function applyMigration(client: pg.ClientBase, file: MigrationFile): Promise<void> {
  try {
    await client.query(file.sql)
    await client.query(
      `insert into rapport_migrations (owner, name, checksum, started_at, applied_at)
       values ($1, $2, $3, now(), clock_timestamp())`,
      [file.pluginId, file.name, file.checksum],
    )
  } catch (error) {
    throw migrationFailedError(file, error)
  }
}

function migrationFailedError(file: MigrationFile, cause: unknown): MigrationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const position = cause instanceof pg.DatabaseError && cause.position ? Number(cause.position) : null
  const line = position === null ? '' : ` at line ${file.sql.slice(0, position).split('\n').length}`
  const usesNewEnumValue = cause instanceof pg.DatabaseError && cause.code === NEW_ENUM_VALUE
  return new MigrationError(
    `Migration ${file.name} of ${file.pluginId} failed${line}: ${reason}. ${usesNewEnumValue ? `${newEnumValueHint(file)} ` : ''}Nothing of it was applied; start again when the cause is fixed.`,
    { cause },
  )
}

/** SQLSTATE of the use of an enum value in the transaction that added it (`unsafe_new_enum_value_usage`). */
const NEW_ENUM_VALUE = '55P04'

function newEnumValueHint({ pluginId }: MigrationFile): string {
  const rule = 'A value can be used once the transaction that added it with ALTER TYPE … ADD VALUE is committed'
  return pluginId === CORE
    ? `${rule}: use it in a later file.`
    : `${rule}, and all files of an upgrade are one transaction: create the type again instead, as docs/plugins/models.md shows.`
}
