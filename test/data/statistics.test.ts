import type { Pool } from 'pg'
import { expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { refreshStatistics } from '../../src/platform/data/statistics.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

async function withApp(work: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await createTestApp()
  try {
    // Prevents autovacuum from refreshing the statistics at the same time.
    await app.database.ownerPool.query('alter table accounts set (autovacuum_enabled = false)')
    await work(app)
  } finally {
    await app.close()
  }
}

/** Adds `count` accounts to `acme`, and makes PostgreSQL count them immediately. */
async function addAccounts({ database, as }: TestApp, count: number): Promise<void> {
  const { workspaceId, id } = as('admin').actor
  const client = await database.ownerPool.connect()
  try {
    await client.query(
      `insert into accounts (workspace_id, id, name, created_by_id, updated_by_id)
       select $1, gen_random_uuid(), 'Account', $2, $2 from generate_series(1, $3::int)`,
      [workspaceId, id, count],
    )
    await client.query('select pg_stat_force_next_flush()')
  } finally {
    client.release()
  }
}

/** The number of accounts of `acme` that the planner of PostgreSQL expects. */
async function expected({ database, as }: TestApp): Promise<number> {
  const { rows } = await database.ownerPool.query<Record<string, string>>(
    `explain (format json) select from accounts where workspace_id = '${as('admin').actor.workspaceId}'`,
  )
  return JSON.parse(String(rows[0]?.['QUERY PLAN']))[0].Plan['Plan Rows']
}

const counted = async (ownerPool: Pool) => (await refreshStatistics(ownerPool)).includes('public.accounts')

test('the planner statistics of a table are refreshed only after many rows have changed, and not twice in 30 seconds', async () => {
  await withApp(async (app) => {
    const { ownerPool } = app.database
    await addAccounts(app, 40)
    expect([await counted(ownerPool), await expected(app)]).toEqual([true, 40])
    expect(await counted(ownerPool)).toBe(false)
    await addAccounts(app, 3)
    expect(await counted(ownerPool)).toBe(false)
    await addAccounts(app, 4_000)
    expect([await counted(ownerPool), await expected(app)]).toEqual([true, 4_043])
    // More than a tenth of the rows, but less than 30 seconds after the last refresh.
    await addAccounts(app, 500)
    expect(await counted(ownerPool)).toBe(false)
  })
})

test('a locked table does not block the refresh of planner statistics, and is refreshed later', async () => {
  await withApp(async (app) => {
    await addAccounts(app, 40)
    const other = await app.database.ownerPool.connect()
    try {
      await other.query('begin; lock table accounts in access exclusive mode')
      expect(await counted(app.database.ownerPool)).toBe(true)
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect(await counted(app.database.ownerPool)).toBe(true)
  })
})

test('a running server refreshes the planner statistics of accounts after 1,000 accounts were added', async () => {
  await withApp(async (app) => {
    const server = await createApp({ databaseUrl: app.databaseUrl })
    try {
      server.startBackground()
      await addAccounts(app, 1_000)
      await expect.poll(() => expected(app), { timeout: 15_000, interval: 100 }).toBe(1_000)
    } finally {
      await server.close()
    }
  })
})
