import { randomBytes } from 'node:crypto'
import { Client, type QueryResultRow } from 'pg'
import { inject } from 'vitest'

/** A database without tables, and a function that queries it. */
export interface EmptyDatabase {
  readonly url: string
  query<Row extends QueryResultRow>(text: string): Promise<Row[]>
  drop(): Promise<void>
}

/** Creates a database that was never migrated. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const { adminUrl } = inject('testCluster')
  const name = `rapport_empty_${randomBytes(6).toString('hex')}`
  await ask(adminUrl, `create database ${name} template template0`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (text) => ask(url.href, text),
    async drop() {
      await ask(adminUrl, `drop database ${name} with (force)`)
    },
  }
}

/** Runs one statement on a new connection and returns the rows. */
export async function ask<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}
