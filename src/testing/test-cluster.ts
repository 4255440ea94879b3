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

/** A cluster that was opened by this process, which has to close it. */
export interface OwnCluster extends TestCluster {
  /** Stops the server if it was started for the cluster, and removes the template. */
  close(): Promise<void>
}

const FOLDER = /^rapport-test-(\d+)-/
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/**
 * Creates a template database, with the tables of core and no data, in the PostgreSQL server of `url`. When `url` is
 * null, starts a server, whose data is deleted when it stops. Several clusters can be open at the same time, because
 * each has its own folder, port and template.
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
  // In both folders, and before one is chosen: what killed runs left in memory may be why no memory is free.
  for (const root of [MEMORY, tmpdir()]) await removeLeftovers(root)
  const root = await dataRoot()
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
/** Number of bytes that have to be free in memory, because the data of a test run may need them: 2 GiB. */
const MIN_FREE_BYTES = 2 ** 31

/**
 * Returns the folder for the data of test servers: a folder in memory on Linux with enough free memory, otherwise the
 * folder for temporary files. Each test database has hundreds of files, which are slow to create and delete on a disk.
 */
async function dataRoot(): Promise<string> {
  try {
    await access(MEMORY, constants.W_OK)
    const { type, bavail, bsize } = await statfs(MEMORY)
    return type === TMPFS && bavail * bsize >= MIN_FREE_BYTES ? MEMORY : tmpdir()
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
    // Without the file or the process, the server is not running.
  }
}

async function createTemplate(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    // The migrations create roles, which all databases of a server share. Two test runs on one server must not create
    // them at the same time.
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
  for (const name of await readdir(root).catch(() => [])) {
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
