import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { migrate } from '../../src/platform/data/migrations/migrate.ts'
import { loadDataSet } from '../data/load.ts'
import type { Cluster } from './installed.ts'

/** The migrated database of the benchmark, with its records. */
export interface BenchDatabase {
  readonly url: string
  drop(): Promise<void>
}

const MIGRATIONS = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const GENERATOR = fileURLToPath(new URL('../data', import.meta.url))

/**
 * Returns the database of a seed and scale: the one that an earlier run has kept, or a new one.
 * @param log prints the progress
 */
export async function openBenchDatabase(
  cluster: Cluster,
  seed: number,
  scale: number,
  log: (line: string) => void,
): Promise<BenchDatabase> {
  const name = `rapport_bench_${seed}_${String(scale).replace('.', '_')}`
  const databaseUrl = new URL(cluster.adminUrl)
  databaseUrl.pathname = `/${name}`
  const admin = (statement: string) => withClient(cluster.adminUrl, (client) => client.query(statement))
  const drop = async () => void (await admin(`drop database if exists ${name} with (force)`))
  const fingerprint = await fingerprintOf([MIGRATIONS, GENERATOR])
  if ((await commentOf(cluster.adminUrl, name)) === fingerprint) {
    log(`Using the database ${name} that an earlier run kept`)
    return { url: databaseUrl.href, drop }
  }
  log(`Loading the database ${name}`)
  await drop()
  await admin(`create database ${name} template template0`)
  await migrate(databaseUrl.href, [{ pluginId: 'core', directory: MIGRATIONS }])
  await loadDataSet(databaseUrl.href, seed, scale, log)
  // The comment marks the database as loaded, with the fingerprint of its migrations and generator. A comment does not
  // affect the measured servers.
  await admin(`comment on database ${name} is '${fingerprint}'`)
  return { url: databaseUrl.href, drop }
}

/**
 * Returns a hash of the files in folders. A kept database whose migrations or generator have changed is not used again.
 */
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

/** Calls `run` with a connection, closes the connection afterwards, and returns the result. */
export async function withClient<Result>(url: string, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  // When a connection breaks, its queries fail too. Without this listener, the error would end the process before the
  // clean-up.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}
