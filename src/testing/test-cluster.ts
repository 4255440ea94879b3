import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { access, chmod, constants, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { pino } from 'pino'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import { migrate } from '../platform/data/migrations/migrate.ts'

/** A PostgreSQL server for tests, with a migrated and empty template database. */
export interface TestCluster {
  /** Connection URL of a role that may create databases. */
  readonly adminUrl: string
  /** Name of the template database. */
  readonly template: string
}

/** A cluster that has to be closed by the code that opened it. */
export interface OwnCluster extends TestCluster {
  /** Stops the server if it was started for the cluster, and removes the template. */
  close(): Promise<void>
}

const FOLDER = /^rapport-test-(\d+)-/
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/**
 * Creates a migrated template database in the PostgreSQL server of `url`. When `url` is null, starts a server, and
 * deletes its data when it stops. Several clusters can be open at the same time: each has its own folder, port and
 * template.
 */
export async function openTestCluster(url: string | null): Promise<OwnCluster> {
  const server = url === null ? await startServer() : { url, close: async () => undefined }
  try {
    const template = `rapport_template_${randomBytes(6).toString('hex')}`
    await createTemplate(server.url, template)
    return {
      adminUrl: server.url,
      template,
      async close() {
        if (url !== null) await withClient(url, (admin) => admin.query(`DROP DATABASE ${template}`))
        await server.close()
      },
    }
  } catch (error) {
    await server.close()
    throw error
  }
}

interface Server {
  readonly url: string
  close(): Promise<void>
}

async function startServer(): Promise<Server> {
  const root = await dataRoot()
  await removeLeftovers(root)
  const folder = await mkdtemp(join(root, `rapport-test-${process.pid}-`))
  // Other users need access to the folder: when this process runs as root, PostgreSQL runs as another user.
  await chmod(folder, 0o711)
  const home = join(folder, 'home')
  // After Ctrl-C the process exits without waiting for promises, so PostgreSQL and its data are removed synchronously.
  const removeAtExit = () => {
    killServer(home)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
  process.once('exit', removeAtExit)
  const postgres = await startEmbeddedPostgres({
    home,
    log: pino({ level: 'warn' }, pino.destination(2)),
    title: 'the tests',
    durability: 'throwaway',
  })
  return {
    url: postgres.url,
    async close() {
      await postgres.stop()
      process.off('exit', removeAtExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const MEMORY = '/dev/shm'
/** Type of the file system `tmpfs`, as `statfs` returns it. */
const TMPFS = 0x01021994
/** Free bytes that the data of a test run may need. */
const MIN_FREE = 2 ** 31

/**
 * Returns the folder for the data of test servers: one in memory where Linux offers it. Each test database has hundreds of
 * files, and to create and delete them is most of its cost on a disk.
 */
async function dataRoot(): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK)
    const { type, bavail, bsize } = await statfs(MEMORY)
    return type === TMPFS && bavail * bsize >= MIN_FREE ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Stops the PostgreSQL of a home folder immediately. Synchronous, because it is called while the process exits. */
function killServer(home: string): void {
  try {
    const pid = Number(readFileSync(join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
    if (pid > 1) process.kill(pid, 'SIGQUIT')
  } catch {
    // It was not running.
  }
}

async function createTemplate(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    // All databases of a server share its roles: two test runs on one PostgreSQL must not create them at the same time.
    await admin.query(`SELECT pg_advisory_lock(hashtext('rapport_test_template'))`)
    await admin.query(`CREATE DATABASE ${template} TEMPLATE template0`)
    await migrate(databaseUrl(adminUrl, template), [{ pluginId: 'core', directory: MIGRATIONS }])
  })
}

/** Returns the connection URL of another database of the same server. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Stops the servers and deletes the folders of earlier test runs that were killed before they could clean up. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = FOLDER.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    const folder = join(root, name)
    await removeEmbeddedPostgres(join(folder, 'home'))
      .then(() => rm(folder, { recursive: true, force: true }))
      .catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** Runs a callback with a connection, and closes the connection afterwards. */
export async function withClient<Result>(url: string, run: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
