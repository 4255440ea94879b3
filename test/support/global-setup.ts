import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/data/embedded.ts'
import { migrate } from '../../src/platform/data/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a role that may create databases, and the name of the migrated database to clone. */
    testCluster: { adminUrl: string; template: string }
  }
}

const FOLDER = /^rapport-test-(\d+)-/

/**
 * Starts one PostgreSQL for the whole run, or uses the one of TEST_DATABASE_URL, and makes a migrated template
 * database in it. Runs at the same time do not meet: each has its own folder, port and template.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await openCluster()
  try {
    const template = `rapport_template_${randomBytes(6).toString('hex')}`
    await makeTemplate(cluster.adminUrl, template)
    project.provide('testCluster', { adminUrl: cluster.adminUrl, template })
    return async () => {
      if (cluster.external) await withClient(cluster.adminUrl, (admin) => admin.query(`DROP DATABASE ${template}`))
      await cluster.close()
    }
  } catch (error) {
    await cluster.close()
    throw error
  }
}

interface Cluster {
  adminUrl: string
  external: boolean
  close(): Promise<void>
}

async function openCluster(): Promise<Cluster> {
  const adminUrl = process.env.TEST_DATABASE_URL
  if (adminUrl !== undefined && adminUrl !== '') {
    return { adminUrl, external: true, close: async () => undefined }
  }
  await removeLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `rapport-test-${process.pid}-`))
  // Open to pass through: as root, PostgreSQL runs as another user.
  await chmod(folder, 0o711)
  // After a Ctrl-C nobody waits for promises any more; PostgreSQL's data is thrown away together with it.
  const removeAtExit = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  process.once('exit', removeAtExit)
  const log = pino({ level: 'warn' }, pino.destination(2))
  const postgres = await startEmbeddedPostgres({
    home: join(folder, 'home'),
    log,
    title: 'npm test',
    durability: 'throwaway',
  })
  return {
    adminUrl: postgres.url,
    external: false,
    async close() {
      await postgres.stop()
      process.off('exit', removeAtExit)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function makeTemplate(adminUrl: string, template: string): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    // Roles belong to the whole cluster: two runs on one external PostgreSQL must not create them at the same time.
    await admin.query(`SELECT pg_advisory_lock(hashtext('rapport_test_template'))`)
    await admin.query(`CREATE DATABASE ${template} TEMPLATE template0`)
    const url = new URL(adminUrl)
    url.pathname = `/${template}`
    await migrate(url.href, [{ owner: 'core', directory: resolve('prisma/migrations') }])
  })
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

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
