import { randomBytes } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { pino } from 'pino'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import { migrate } from '../platform/data/migrations/migrate.ts'

/** A PostgreSQL for tests, with a migrated and empty database to copy. */
export interface TestCluster {
  /** Connection URL of a role that may create databases. */
  readonly adminUrl: string
  /** Name of the migrated database. */
  readonly template: string
}

/** A cluster of whoever opened it. */
export interface OwnCluster extends TestCluster {
  /** Ends what was started for it and removes what was made. */
  close(): Promise<void>
}

const FOLDER = /^rapport-test-(\d+)-/
const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/**
 * Makes a migrated template in a PostgreSQL: the one of `url`, or else one that is started for it and loses everything
 * when it ends. Those opened at the same time do not meet: each has its own folder, port and template.
 */
export async function openTestCluster(url: string | null): Promise<OwnCluster> {
  const server = url === null ? await startServer() : { url, close: async () => undefined }
  try {
    const template = `rapport_template_${randomBytes(6).toString('hex')}`
    await makeTemplate(server.url, template)
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
  await removeLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `rapport-test-${process.pid}-`))
  // Open to pass through: as root, PostgreSQL runs as another user.
  await chmod(folder, 0o711)
  const home = join(folder, 'home')
  // After a Ctrl-C nobody waits for promises any more; PostgreSQL's data is thrown away together with it.
  const removeAtExit = () => {
    endServer(home)
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

/** Ends the PostgreSQL of a home at once, in a process that has no time to wait. */
function endServer(home: string): void {
  try {
    const pid = Number(readFileSync(join(home, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
    if (pid > 1) process.kill(pid, 'SIGQUIT')
  } catch {
    // It was not running.
  }
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    // Roles belong to the whole cluster: two runs on one external PostgreSQL must not create them at the same time.
    await admin.query(`SELECT pg_advisory_lock(hashtext('rapport_test_template'))`)
    await admin.query(`CREATE DATABASE ${template} TEMPLATE template0`)
    await migrate(databaseUrl(adminUrl, template), [{ pluginId: 'core', directory: MIGRATIONS }])
  })
}

/** The address of another database in the same PostgreSQL. */
export function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

/** Removes what earlier runs left that were killed before they could clean up. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = FOLDER.exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    const folder = join(tmpdir(), name)
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

/** Does something with a connection that is closed after it. */
export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
