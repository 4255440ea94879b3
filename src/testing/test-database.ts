import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { readTestCluster } from '../config.ts'
import { INSUFFICIENT_PRIVILEGE, sqlState } from '../platform/data/transaction.ts'
import { databaseUrl, type OwnCluster, openTestCluster, type TestCluster, withClient } from './test-cluster.ts'

/** A database of its own, such as for one test file. */
export interface TestDatabase {
  /** Connection URL of its owner. */
  readonly url: string
  /** Deletes it, whoever is still connected. */
  drop(): Promise<void>
}

/** Makes a migrated, empty database by copying a cluster's template, in about 50 ms. */
async function copyTemplate({ adminUrl, template }: TestCluster): Promise<TestDatabase> {
  const name = `rapport_test_${randomBytes(6).toString('hex')}`
  await withClient(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => withClient(adminUrl, (admin) => dropDatabase(admin, name)),
  }
}

/** Looks, 5 ms apart. */
const LEAVING_STEPS = 200

/**
 * Waits a little for connections that are on their way out. The `end` of a pool is over before PostgreSQL has closed its
 * connections: one that is ended by force in between tells its client so, as an error that nobody listens for any more.
 */
async function waitForLeaving(admin: Client, name: string): Promise<void> {
  const connected = 'SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL LIMIT 1'
  // Counted, not timed: a test may have stopped this process's clocks.
  for (let step = 0; step < LEAVING_STEPS; step += 1) {
    if ((await admin.query(connected, [name])).rowCount === 0) return
    await sleep(5)
  }
}

async function dropDatabase(admin: Client, name: string): Promise<void> {
  await waitForLeaving(admin, name)
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  } catch (error) {
    // An autovacuum worker has no role: PostgreSQL refuses to end it WITH (FORCE) for an owner who is no superuser, and ends it
    // by itself without.
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL',
      [name],
    )
    await admin.query(`DROP DATABASE IF EXISTS ${name}`)
  }
}

/** The cluster of this process's databases: ended with the last of them. */
let own: { readonly cluster: Promise<OwnCluster>; users: number } | null = null

/**
 * Makes a migrated, empty database: in the cluster of the test run where there is one, else in one that this process starts
 * for its databases, in about a second, and ends with the last of them.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = readTestCluster()
  if (shared) return copyTemplate(shared)
  own ??= { cluster: openTestCluster(null), users: 0 }
  const used = own
  used.users += 1
  const leave = async () => {
    used.users -= 1
    if (used.users > 0) return
    if (own === used) own = null
    await (await used.cluster).close()
  }
  try {
    const database = await copyTemplate(await used.cluster)
    return { url: database.url, drop: () => database.drop().finally(leave) }
  } catch (error) {
    await leave().catch(() => undefined)
    throw error
  }
}
