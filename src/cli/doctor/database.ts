import type { ClientBase } from 'pg'
import { Client } from 'pg'
import { APP_ROLE } from '../../platform/data/database.ts'
import { pendingMigrations } from '../../platform/data/migrations/migrate.ts'
import { migrationSources } from '../migrations.ts'
import { type Finding, good, problem, warning } from './finding.ts'

/** PostgreSQL 15, in the format of PostgreSQL's setting `server_version_num`. */
const MIN_SERVER_VERSION = 150_000
const MAX_CLOCK_SKEW_SECONDS = 5
const MIN_CONNECTIONS = 30

/** The findings about a database. */
export interface DatabaseFindings {
  readonly findings: Finding[]
  /** Whether all migrations of core have been run. */
  readonly isMigrated: boolean
}

/**
 * Examines the settings and tables of a database, and changes nothing.
 *
 * @param url Connection URL of the owner of the tables.
 * @throws the error of the database driver when the connection fails.
 */
export async function examineDatabase(url: string): Promise<DatabaseFindings> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'rapport doctor',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const server = await examineServer(client)
    const migrations = await examineMigrations(url)
    // The other examinations read tables that the migrations create.
    if (migrations.state !== 'good') return { findings: [...server, migrations], isMigrated: false }
    const others = [await examineRole(client), await examineIsolation(client), await examineKeys(client)]
    return { findings: [...server, migrations, ...others], isMigrated: true }
  } finally {
    await client.end()
  }
}

interface ServerRow {
  version: string
  number: number
  encoding: string
  ctype: string
  durable: boolean
  connections: number
  now: Date
}

async function examineServer(client: ClientBase): Promise<Finding[]> {
  const sentAt = Date.now()
  const { rows } = await client.query<ServerRow>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
            pg_encoding_to_char(encoding) as encoding, datctype as ctype,
            current_setting('fsync')::bool and current_setting('full_page_writes')::bool
              and current_setting('synchronous_commit') <> 'off' as durable,
            current_setting('max_connections')::int as connections, clock_timestamp() as now
       from pg_database where datname = current_database()`,
  )
  const row = rows[0]
  if (row === undefined) return [problem('PostgreSQL', 'this user cannot read the settings of the server.')]
  const skew = Math.abs(row.now.getTime() - (sentAt + Date.now()) / 2) / 1_000
  return [
    row.number >= MIN_SERVER_VERSION
      ? good('PostgreSQL', `${row.version}.`)
      : problem('PostgreSQL', `${row.version} is too old: Rapport needs 15 or later.`),
    row.encoding === 'UTF8'
      ? good('Encoding', 'UTF8.')
      : problem('Encoding', `${row.encoding} cannot store every character. Create the database with ENCODING 'UTF8'.`),
    row.ctype === 'C' || row.ctype === 'POSIX'
      ? warning(
          'Letters',
          `LC_CTYPE ${row.ctype} supports only ASCII letters, so search does not find other letters. Use C.UTF-8.`,
        )
      : good('Letters', `${row.ctype}.`),
    row.durable
      ? good('Durability', 'fsync, full_page_writes and synchronous_commit are on.')
      : warning(
          'Durability',
          'fsync, full_page_writes or synchronous_commit is off: a crash can lose acknowledged writes.',
        ),
    row.connections >= MIN_CONNECTIONS
      ? good('Connections', `${row.connections}.`)
      : warning(
          'Connections',
          `max_connections is ${row.connections}; a server uses up to 20, so set ${MIN_CONNECTIONS} or more.`,
        ),
    skew <= MAX_CLOCK_SKEW_SECONDS
      ? good('Clock', 'the same as the clock of the database.')
      : warning(
          'Clock',
          `differs from the clock of the database by ${skew.toFixed(0)} s: tokens expire too early or too late. Synchronize both.`,
        ),
  ]
}

async function examineMigrations(url: string): Promise<Finding> {
  try {
    const pending = await pendingMigrations(url, migrationSources())
    return pending.length === 0
      ? good('Migrations', 'up to date.')
      : warning('Migrations', `${pending.length} pending. Run: rapport migrate (or rapport start).`)
  } catch (error) {
    return problem('Migrations', error instanceof Error ? error.message : String(error))
  }
}

async function examineRole(client: ClientBase): Promise<Finding> {
  const { rows } = await client.query<{ safe: boolean }>(
    'select not (rolsuper or rolbypassrls) as safe from pg_roles where rolname = $1',
    [APP_ROLE],
  )
  if (rows[0] === undefined) return problem('Role', `${APP_ROLE} is missing. Run: rapport migrate`)
  return rows[0].safe
    ? good('Role', `${APP_ROLE} is subject to row-level security.`)
    : problem('Role', `${APP_ROLE} bypasses row-level security. Run: ALTER ROLE ${APP_ROLE} NOSUPERUSER NOBYPASSRLS`)
}

async function examineIsolation(client: ClientBase): Promise<Finding> {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
      where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relrowsecurity
      order by 1`,
  )
  return rows.length === 0
    ? good('Isolation', 'row-level security is on for every table with data of a workspace.')
    : problem(
        'Isolation',
        `row-level security is off for ${rows.map((row) => row.name).join(', ')}. Run: rapport migrate`,
      )
}

async function examineKeys(client: ClientBase): Promise<Finding> {
  const { rows } = await client.query<{ current: number }>(
    'select count(*)::int as current from signing_keys where retired_at is null',
  )
  return rows[0]?.current === 1
    ? good('Signing key', 'present.')
    : warning('Signing key', 'not created yet; the first `rapport start` or `rapport token` creates it.')
}
