import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Connection URL of its owner. */
  readonly url: string
  /** Deletes it, whoever is still connected. */
  drop(): Promise<void>
}

/** Makes a migrated, empty database by copying the run's template, in about 50 ms. Drop it in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('testCluster')
  const name = `rapport_test_${randomBytes(6).toString('hex')}`
  await run(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => run(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
