import { expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { createTestClient } from '../../src/testing/client.ts'
import { createTestApp } from '../support/app.ts'
import { countsOf, importRecords } from './import-records.ts'

const ROWS = 4_000
/** Half of the pairs of rows. Reading the table at each of the ten levels above each row would be ten times as much. */
const MOST = ROWS ** 2 / 2

test('an import of 4,000 rows into an empty table does not read the whole table for each row', async () => {
  const app = await createTestApp()
  try {
    const parent = (row: number) => (row === 0 ? '' : `Account ${(row - 1) >> 1}`)
    const lines = Array.from({ length: ROWS }, (_, row) => `Account ${row},${parent(row)}`)
    const csv = `name,parent\n${lines.join('\n')}\n`
    const columns = [
      { column: 'name', field: 'name' },
      { column: 'parent', field: 'parent.name' },
    ]
    // Uses a separate server, because PostgreSQL counts what a connection has read once the connection has ended.
    const server = await createApp({ databaseUrl: app.databaseUrl })
    try {
      const client = createTestClient(server.fetch, app.as('admin').token, null)
      const answer = await importRecords(client, { object: 'Account', csv, columns })
      expect(countsOf(answer)).toEqual({ created: ROWS, updated: 0, unchanged: 0, failed: 0 })
    } finally {
      await server.close()
    }
    const rowsRead = async () => {
      const { rows } = await app.database.ownerPool.query<{ read: number; written: number }>(
        `select seq_tup_read + idx_tup_fetch as read, n_tup_ins as written from pg_stat_user_tables where relname = 'accounts'`,
      )
      return { read: Number(rows[0]?.read), written: Number(rows[0]?.written) }
    }
    await expect.poll(async () => (await rowsRead()).written, { timeout: 20_000 }).toBe(ROWS)
    expect((await rowsRead()).read).toBeLessThan(MOST)
  } finally {
    await app.close()
  }
})
