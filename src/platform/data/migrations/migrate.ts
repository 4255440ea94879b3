import pg from 'pg'
import { ensureAppRole } from '../app-role.ts'
import { CORE } from '../models/model-declarations.ts'
import { migrateJobs } from './migrate-job-queue.ts'
import { MigrationError, NewerDatabaseError } from './migration-error.ts'
import { type MigrationFile, type MigrationSource, readMigrationFiles } from './migration-files.ts'

export interface AppliedMigration {
  readonly pluginId: string
  readonly name: string
}

export interface MigrateOptions {
  /** Told of each migration before it runs. */
  readonly onApply?: (pluginId: string, name: string) => void
}

/** A row of `rapport_migrations`. */
export interface AppliedRow extends AppliedMigration {
  readonly checksum: string
}

/** Any number that nobody else is likely to lock: the letters `rapport` as bytes. */
const LOCK = '32195282895598196'

const TABLE = `create table if not exists rapport_migrations (
  owner text not null,
  name text not null,
  checksum text not null,
  started_at timestamptz not null,
  applied_at timestamptz not null,
  primary key (owner, name)
)`

/**
 * Brings the database up to date: runs what is missing, owner by owner in the order given, each file in a transaction
 * of its own together with its row in `rapport_migrations`. A file that fails or is interrupted leaves nothing behind.
 * A second starter waits for the first. Answers what was run.
 * @throws MigrationError when a file fails or history was changed; NewerDatabaseError when the database is ahead.
 */
export async function migrate(
  ownerUrl: string,
  sources: readonly MigrationSource[],
  options: MigrateOptions = {},
): Promise<AppliedMigration[]> {
  const known = await readAll(sources)
  return withMigrationLock(ownerUrl, async (client) => {
    const pending = findPending(known, await readAppliedMigrations(client))
    await ensureAppRole(client)
    await client.query(TABLE)
    for (const file of pending) {
      options.onApply?.(file.pluginId, file.name)
      await apply(client, file)
    }
    // Last: it has a history of its own, in a schema that only functions of ours name.
    if (sources.some(({ pluginId }) => pluginId === CORE)) await migrateJobs(client, ownerUrl)
    return pending.map(({ pluginId, name }) => ({ pluginId, name }))
  })
}

/**
 * What `migrate` would run. Changes nothing and waits for nobody.
 * @throws as `migrate`.
 */
export async function pendingMigrations(
  ownerUrl: string,
  sources: readonly MigrationSource[],
): Promise<AppliedMigration[]> {
  const known = await readAll(sources)
  const pending = await connected(ownerUrl, async (client) => findPending(known, await readAppliedMigrations(client)))
  return pending.map(({ pluginId, name }) => ({ pluginId, name }))
}

interface OwnedFiles {
  readonly pluginId: string
  readonly files: readonly MigrationFile[]
}

function readAll(sources: readonly MigrationSource[]): Promise<OwnedFiles[]> {
  return Promise.all(
    sources.map(async (source) => ({ pluginId: source.pluginId, files: await readMigrationFiles(source) })),
  )
}

/** Does work on the schema of a database, one after the other for the whole installation. */
export function withMigrationLock<Result>(
  ownerUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  return connected(ownerUrl, async (client) => {
    // Held by the session: it is free again when this process dies.
    await client.query(`select pg_advisory_lock(${LOCK})`)
    return work(client)
  })
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, application_name: 'rapport migrate' })
  // A connection that breaks fails the query that waits on it; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    // The lock and a large migration take as long as they take, whatever the server is set to.
    await client.query('set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0')
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What was run on this database, by owner and in order; nothing where it was never migrated. */
export async function readAppliedMigrations(client: pg.ClientBase | pg.Pool): Promise<AppliedRow[]> {
  const exists = await client.query<{ table: string | null }>(
    `select to_regclass('rapport_migrations')::text as "table"`,
  )
  if (!exists.rows[0]?.table) return []
  const { rows } = await client.query<AppliedRow>(
    'select owner as "pluginId", name, checksum from rapport_migrations order by owner, name collate "C"',
  )
  return rows
}

/** An owner that is in the database and not among the files is a plugin, which has commands of its own. */
function findPending(sources: readonly OwnedFiles[], applied: readonly AppliedRow[]): MigrationFile[] {
  return sources.flatMap(({ pluginId, files }) => pendingOf(pluginId, files, applied))
}

/**
 * The files of one owner that were not run yet.
 * @throws MigrationError or NewerDatabaseError when those that were run are not the ones of these files.
 */
export function pendingOf(
  pluginId: string,
  files: readonly MigrationFile[],
  applied: readonly AppliedRow[],
): MigrationFile[] {
  const done = applied.filter((row) => row.pluginId === pluginId)
  done.forEach((row, index) => {
    checkHistory(row, files[index])
  })
  return files.slice(done.length)
}

function checkHistory(row: AppliedRow, file: MigrationFile | undefined): void {
  if (!file && row.pluginId !== CORE) {
    throw new NewerDatabaseError(
      `A newer version of ${row.pluginId} was installed: the database has its migration ${row.name}, which this one does not ` +
        'have. Bring the newer version back.',
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
        `Bring ${row.name} back, and give a new migration the next free number.`,
    )
  }
  if (file.checksum !== row.checksum) {
    throw new MigrationError(
      `Migration ${file.name} of ${file.pluginId} was changed after it was applied to this database. ` +
        'Bring its text back to what it was, and put the change into a new migration.',
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
 * Runs one file in the open transaction of the client and notes that it was run.
 * @throws MigrationError that names the file and line; the transaction is of no more use then.
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
    throw failure(file, error)
  }
}

function failure(file: MigrationFile, cause: unknown): MigrationError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const position = cause instanceof pg.DatabaseError && cause.position ? Number(cause.position) : null
  const line = position === null ? '' : ` at line ${file.sql.slice(0, position).split('\n').length}`
  const isEarly = cause instanceof pg.DatabaseError && cause.code === NEW_ENUM_VALUE
  return new MigrationError(
    `Migration ${file.name} of ${file.pluginId} failed${line}: ${reason}. ${isEarly ? `${earlyUse(file)} ` : ''}Nothing of it was applied; start again when the cause is mended.`,
    { cause },
  )
}

/** SQLSTATE of the use of an enum's value in the transaction that added it. */
const NEW_ENUM_VALUE = '55P04'

function earlyUse({ pluginId }: MigrationFile): string {
  const added = 'A value can be used once the transaction that added it with ALTER TYPE … ADD VALUE is committed'
  return pluginId === CORE
    ? `${added}: use it in a later file.`
    : `${added}, and all files of an upgrade are one transaction: make the type anew instead, as docs/plugins/models.md shows.`
}
