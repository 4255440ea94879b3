import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '../../src/platform/data/migrations/migrate.ts'
import { loadDataSet } from '../data/load.ts'
import type { Cluster } from './installed.ts'

/** The benchmark's own database, migrated and loaded. */
export interface BenchDatabase {
  readonly url: string
  drop(): Promise<void>
}

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const GENERATOR = fileURLToPath(new URL('../data', import.meta.url))

/** The database of that seed and scale: the one that an earlier run kept, or a new one. `tell` hears of the progress. */
export async function openBenchDatabase(
  cluster: Cluster,
  seed: number,
  scale: number,
  tell: (line: string) => void,
): Promise<BenchDatabase> {
  const name = `rapport_bench_${seed}_${String(scale).replace('.', '_')}`
  const at = new URL(cluster.adminUrl)
  at.pathname = `/${name}`
  const admin = (statement: string) => withClient(cluster.adminUrl, (client) => client.query(statement))
  const drop = async () => void (await admin(`drop database if exists ${name} with (force)`))
  const fingerprint = await fingerprintOf([MIGRATIONS, GENERATOR])
  if ((await commentOf(cluster.adminUrl, name)) === fingerprint) {
    tell(`Using the database ${name} that an earlier run kept`)
    return { url: at.href, drop }
  }
  tell(`Loading the database ${name}`)
  await drop()
  await admin(`create database ${name} template template0`)
  await migrate(at.href, [{ pluginId: 'core', directory: MIGRATIONS }])
  await loadDataSet(at.href, seed, scale, tell)
  // Says that loading was finished, and what it was made of, where no server under test sees it.
  await admin(`comment on database ${name} is '${fingerprint}'`)
  return { url: at.href, drop }
}

/** Changes with every migration and with the generator: a kept database of other tables or records is not used again. */
async function fingerprintOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of folders) {
    for (const file of (await readdir(folder)).sort()) hash.update(await readFile(join(folder, file)))
  }
  return hash.digest('hex')
}

async function commentOf(adminUrl: string, name: string): Promise<string | null> {
  return withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ comment: string | null }>(
      `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
      [name],
    )
    return rows[0]?.comment ?? null
  })
}

/** Does work with one connection, and closes it. */
export async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  // A connection that breaks also refuses its queries; without a listener it would end the process before the clean-up.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
