import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { type CatalogEntry, readCatalog } from '../../../src/platform/plugins/tables/catalog.ts'
import { createTestDatabase } from '../../../src/testing/test-database.ts'

const RAPPORT = join(import.meta.dirname, '../../../bin/rapport.js')

/** The output and exit code of a command. */
export interface Ran {
  readonly code: number | null
  /** Standard output and error. */
  readonly text: string
}

/** An installation with its own database and folder, on which commands run in separate processes. */
export interface TestInstallation {
  readonly folder: string
  readonly configPath: string
  readonly databaseUrl: string
  readonly owner: pg.Pool
  /** Runs `rapport <args>` and waits for its end. */
  rapport(...args: string[]): Promise<Ran>
  /** Starts `rapport <args>` without waiting for its end. */
  start(...args: string[]): ReturnType<typeof spawn>
  /** Writes files into the folder. The names are relative to it. */
  write(files: Readonly<Record<string, string>>): Promise<void>
  read(file: string): Promise<string>
  catalog(): Promise<CatalogEntry[]>
  close(): Promise<void>
}

export async function createTestInstallation(): Promise<TestInstallation> {
  const database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'rapport-plugins-'))
  // Like in a project that has Rapport as a dependency.
  await symlink(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'))
  const configPath = join(folder, 'rapport.config.ts')
  const owner = new pg.Pool({ connectionString: database.url, max: 2 })
  owner.on('error', () => undefined)
  const start = (...args: string[]) =>
    spawn(process.execPath, [RAPPORT, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        DATABASE_URL: database.url,
        RAPPORT_CONFIG: configPath,
        LOG_LEVEL: 'silent',
        PORT: '0',
        PATH: process.env['PATH'],
      },
    })
  return {
    folder,
    configPath,
    databaseUrl: database.url,
    owner,
    start,
    async rapport(...args) {
      const child = start(...args)
      let text = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)))
      const [code] = await once(child, 'close')
      return { code: typeof code === 'number' ? code : null, text }
    },
    async write(files) {
      for (const [file, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, file)), { recursive: true })
        await writeFile(join(folder, file), text)
      }
    },
    read: (file) => readFile(join(folder, file), 'utf8'),
    async catalog() {
      const client = await owner.connect()
      try {
        return await readCatalog(client)
      } finally {
        client.release()
      }
    },
    async close() {
      await owner.end()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
