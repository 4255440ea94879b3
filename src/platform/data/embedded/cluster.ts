import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { z } from 'zod'
import { type Place, writePrivate } from './data-folder.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import type { PostgresServer } from './postgres-server.ts'
import { type Account, nobody } from './system-account.ts'

const passwordsSchema = z.object({ postgres: z.string(), rapport: z.string() })

/** Passwords of PostgreSQL's superuser and of the role that owns the database. */
export type Passwords = z.infer<typeof passwordsSchema>

const UNFINISHED = 'data.new-'

/**
 * Creates the data folder of a place unless there is one. It is made under another name and renamed when it is whole,
 * so a first start that was cut short leaves only a leftover, which the next one removes. The caller holds the lock.
 *
 * @returns whether the data folder is new
 * @throws EmbeddedPostgresError when it cannot be created, or an existing one is of another major version
 */
export async function ensureCluster(place: Place): Promise<boolean> {
  const version = await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => null)
  if (version !== null) {
    checkVersion(version.trim(), place)
    return false
  }
  for (const name of await readdir(place.folder)) {
    if (name.startsWith(UNFINISHED)) await rm(join(place.folder, name), { recursive: true, force: true, maxRetries: 5 })
  }
  const passwords: Passwords = { postgres: newPassword(), rapport: newPassword() }
  await writePrivate(passwordsPath(place), `${JSON.stringify(passwords)}\n`, place.owner)
  const unfinished = await mkdtemp(join(place.folder, UNFINISHED))
  await createData(unfinished, passwords.postgres, place)
  if (place.account !== null) await giveAll(unfinished, place.account)
  await rename(unfinished, place.data)
  const folder = await open(place.folder)
  await folder.sync().finally(() => folder.close())
  return true
}

/**
 * Reads the passwords of a place.
 *
 * @throws EmbeddedPostgresError when the file is missing or damaged
 */
export async function readPasswords(place: Place): Promise<Passwords> {
  const path = passwordsPath(place)
  try {
    return passwordsSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    throw new EmbeddedPostgresError(
      `${path} is missing or damaged; without it nobody can log in to the database in ${place.data}. Bring it back from a backup.`,
      { cause: error },
    )
  }
}

/** Creates the role and the database `rapport` in a running server where they do not exist. */
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

async function createData(folder: string, password: string, place: Place): Promise<void> {
  try {
    await runInitdb(folder, password, place, place.account)
  } catch (error) {
    if (place.account === null || !/could not look up effective user ID/.test(String(error)))
      throw initdbFailed(place, error)
    // Only initdb asks for the name of its user. The data is handed over to the account before anything runs on it.
    await runInitdb(folder, password, place, await nobody()).catch((reason: unknown) => {
      throw initdbFailed(place, reason)
    })
  }
}

async function runInitdb(folder: string, password: string, place: Place, account: Account | null): Promise<void> {
  const passwordFile = `${folder}.password`
  try {
    if (account !== null) await chown(folder, account.uid, account.gid)
    await writePrivate(passwordFile, password, account)
    await promisify(execFile)(
      place.binaries.initdb,
      [
        `--pgdata=${folder}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Order and case by code point, the same on every machine and in every later version.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        // Full text search and pg_trgm ask the system which characters are letters; under plain C only ASCII would be.
        `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
        '--no-instructions',
      ],
      { ...account, cwd: '/', env: { TZ: 'UTC' } },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function initdbFailed(place: Place, error: unknown): EmbeddedPostgresError {
  const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const lines = output.split('\n').filter((line) => line.startsWith('initdb: error:') || /\bFATAL:/.test(line))
  const reason = lines.join(' ').trim() || (error instanceof Error ? error.message : String(error))
  return new EmbeddedPostgresError(`The database cannot be created in ${place.folder}: ${reason}`, { cause: error })
}

function checkVersion(version: string, place: Place): void {
  if (version === place.binaries.major) return
  throw new EmbeddedPostgresError(
    `The data in ${place.data} is of PostgreSQL ${version}, this Rapport brings PostgreSQL ${place.binaries.major}. ` +
      'Start the Rapport that made it and dump the database, or set RAPPORT_HOME to another folder.',
  )
}

async function giveAll(folder: string, account: Account): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    await chown(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
  await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o700)
}

function passwordsPath(place: Place): string {
  return join(place.folder, 'passwords.json')
}

function newPassword(): string {
  return randomBytes(24).toString('hex')
}
