import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { z } from 'zod'
import { type ClusterLocation, writePrivate } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import type { PostgresServer } from './postgres-server.ts'
import { type Account, nobody } from './system-account.ts'

const passwordsSchema = z.object({ postgres: z.string(), rapport: z.string() })

/** The passwords of PostgreSQL's superuser (`postgres`) and of the role that owns the database (`rapport`). */
export type Passwords = z.infer<typeof passwordsSchema>

/** Prefix of the name of a data folder while it is being created. */
const UNFINISHED = 'data.new-'

/**
 * Creates PostgreSQL's data folder unless it exists. It is created under a temporary name and renamed when it is
 * complete, so an interrupted first start leaves only a temporary folder, which the next start removes. The caller has
 * to hold the lock of the location.
 *
 * @returns whether the data folder was created
 * @throws EmbeddedPostgresError when the folder cannot be created, or an existing folder is of another major version of
 * PostgreSQL
 */
export async function ensureCluster(location: ClusterLocation): Promise<boolean> {
  const version = await readFile(join(location.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) {
    checkVersion(version.trim(), location)
    return false
  }
  for (const name of await readdir(location.folder)) {
    if (name.startsWith(UNFINISHED))
      await rm(join(location.folder, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const passwords: Passwords = { postgres: newPassword(), rapport: newPassword() }
  await writePrivate(passwordsPath(location), `${JSON.stringify(passwords)}\n`, location.owner)
  const unfinished = await mkdtemp(join(location.folder, UNFINISHED))
  await createData(unfinished, passwords.postgres, location)
  if (location.account !== null) await changeOwner(unfinished, location.account)
  await rename(unfinished, location.data)
  const folder = await open(location.folder)
  await folder.sync().finally(() => folder.close())
  return true
}

/**
 * Reads the passwords of the database at a location.
 *
 * @throws EmbeddedPostgresError when the file is missing or damaged
 */
export async function readPasswords(location: ClusterLocation): Promise<Passwords> {
  const path = passwordsPath(location)
  try {
    return passwordsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new EmbeddedPostgresError(
      `${path} is missing or damaged; without it nobody can log in to the database in ${location.data}. Restore it from a backup.`,
      { cause: error },
    )
  }
}

/**
 * Creates the role `rapport` and the database `rapport` in a running server. Leaves a role or database that exists
 * unchanged.
 */
export async function ensureDatabase(server: PostgresServer, passwords: Passwords): Promise<void> {
  const client = new Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'postgres',
    password: passwords.postgres,
    database: 'postgres',
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ has_role: boolean; has_database: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rapport') AS has_role,
              EXISTS (SELECT FROM pg_database WHERE datname = 'rapport') AS has_database`,
    )
    if (rows[0]?.has_role !== true) {
      await client.query(
        `CREATE ROLE rapport LOGIN CREATEROLE CREATEDB PASSWORD ${client.escapeLiteral(passwords.rapport)}`,
      )
    }
    if (rows[0]?.has_database !== true) await client.query('CREATE DATABASE rapport OWNER rapport')
  } finally {
    await client.end()
  }
}

async function createData(folder: string, password: string, location: ClusterLocation): Promise<void> {
  try {
    await runInitdb(folder, password, location, location.account)
  } catch (error) {
    if (location.account === null || !/could not look up effective user ID/.test(String(error)))
      throw initdbFailed(location, error)
    // initdb, unlike the server, requires that its user has a name, such as `nobody`. `ensureCluster` makes the account
    // of the location the owner of the data before the server starts.
    await runInitdb(folder, password, location, await nobody()).catch((reason: unknown) => {
      throw initdbFailed(location, reason)
    })
  }
}

async function runInitdb(
  folder: string,
  password: string,
  location: ClusterLocation,
  account: Account | null,
): Promise<void> {
  const passwordFile = `${folder}.password`
  try {
    if (account !== null) await chown(folder, account.uid, account.gid)
    await writePrivate(passwordFile, password, account)
    await promisify(execFile)(
      location.binaries.initdb,
      [
        `--pgdata=${folder}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Sorts text by code point and maps upper and lower case without the operating system: the same on every
        // machine and in every later version.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        // Full text search and pg_trgm ask the operating system which characters are letters. In the plain locale C,
        // only ASCII letters are letters.
        `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
        '--no-instructions',
      ],
      { ...account, cwd: '/', env: { TZ: 'UTC' } },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function initdbFailed(location: ClusterLocation, error: unknown): EmbeddedPostgresError {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const lines = output.split('\n').filter((line) => line.startsWith('initdb: error:') || /\bFATAL:/.test(line))
  const reason = lines.join(' ').trim() || (error instanceof Error ? error.message : String(error))
  return new EmbeddedPostgresError(`The database cannot be created in ${location.folder}: ${reason}`, { cause: error })
}

function checkVersion(version: string, location: ClusterLocation): void {
  if (version === location.binaries.major) return
  throw new EmbeddedPostgresError(
    `The data in ${location.data} is of PostgreSQL ${version}, this Rapport brings PostgreSQL ${location.binaries.major}. ` +
      'Start the version of Rapport that created it and dump the database, or set RAPPORT_HOME to another folder.',
  )
}

async function changeOwner(folder: string, account: Account): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
  await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
}

function passwordsPath(location: ClusterLocation): string {
  return join(location.folder, 'passwords.json')
}

function newPassword(): string {
  return randomBytes(24).toString('hex')
}
