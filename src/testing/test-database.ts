import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { readTestCluster } from '../config.ts'
import { INSUFFICIENT_PRIVILEGE, sqlState } from '../platform/data/transaction.ts'
import { databaseUrl, type OwnCluster, openTestCluster, type TestCluster, withClient } from './test-cluster.ts'

/** A new database, for example for the tests of one file. */
export interface TestDatabase {
  /** Connection URL of the owner of the database. */
  readonly url: string
  /** Drops the database, even when clients are still connected. */
  drop(): Promise<void>
}

/** Creates a migrated, empty database by copying the template of a cluster, in about 50 ms. */
async function copyTemplate({ adminUrl, template }: TestCluster): Promise<TestDatabase> {
  const name = `rapport_test_${randomBytes(6).toString('hex')}`
  await withClient(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`))
  return {
    url: databaseUrl(adminUrl, name),
    drop: () => withClient(adminUrl, (admin) => dropDatabase(admin, name)),
  }
}

/** Maximum number of checks, every 5 ms, whether a database that is about to be dropped still has connections. */
const DISCONNECT_CHECKS = 200

/**
 * Waits until no client is connected to the database, about a second at most. The `end` of a pool resolves before
 * PostgreSQL has closed the connections. If the database were dropped by force before that, the clients would receive
 * an error for which they no longer have a listener.
 */
async function waitForDisconnects(admin: Client, name: string): Promise<void> {
  const connected = 'SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL LIMIT 1'
  // Counts the checks instead of measuring time, because a test may have replaced the clock of this process.
  for (let check = 0; check < DISCONNECT_CHECKS; check += 1) {
    if ((await admin.query(connected, [name])).rowCount === 0) return
    await sleep(5)
  }
}

async function dropDatabase(admin: Client, name: string): Promise<void> {
  await waitForDisconnects(admin, name)
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  } catch (error) {
    // An autovacuum worker of PostgreSQL may be connected. WITH (FORCE) may end it only if the owner is a superuser, so
    // the other connections are ended here, and DROP DATABASE without FORCE ends the worker.
    if (sqlState(error) !== INSUFFICIENT_PRIVILEGE) throw error
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename IS NOT NULL',
      [name],
    )
    await admin.query(`DROP DATABASE IF EXISTS ${name}`)
  }
}

/**
 * The cluster that this process has started, with the number of its databases; null when this process has started no
 * cluster. The cluster is closed when its last database is dropped.
 */
let ownCluster: { readonly cluster: Promise<OwnCluster>; databaseCount: number } | null = null

/**
 * Creates a database with the tables of core and no data, in the cluster (the PostgreSQL server) of the test run. When
 * the test run has no cluster, this process starts one, which takes about a second, and closes it when its last
 * database is dropped.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const shared = readTestCluster()
  if (shared) return copyTemplate(shared)
  ownCluster ??= { cluster: openTestCluster(null), databaseCount: 0 }
  const used = ownCluster
  used.databaseCount += 1
  const release = async () => {
    used.databaseCount -= 1
    if (used.databaseCount > 0) return
    if (ownCluster === used) ownCluster = null
    await (await used.cluster).close()
  }
  try {
    const database = await copyTemplate(await used.cluster)
    return { url: database.url, drop: () => database.drop().finally(release) }
  } catch (error) {
    await release().catch(() => undefined)
    throw error
  }
}
