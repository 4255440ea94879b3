import { afterAll, beforeAll, expect, it } from 'vitest'
import { deleteOldKeys } from '../../src/platform/writes/old-keys.ts'
import { createTestApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
})
afterAll(() => app.close())

/** Stores a key in a workspace as if it had been used some days ago. */
async function storeKey(workspace: 'acme' | 'globex', key: string, days: number): Promise<void> {
  const { workspaceId, id } = app.as('admin', workspace).actor
  await app.database.ownerPool.query(
    `insert into idempotency_keys (workspace_id, actor_id, key, path, request_hash, answer, created_at)
     values ($1, $2, $3, 'createAccount', '', 'null', now() - make_interval(hours => 24 * $4::int - 1))`,
    [workspaceId, id, key, days],
  )
}

async function keys(): Promise<string[]> {
  const { rows } = await app.database.ownerPool.query<{ key: string }>('select key from idempotency_keys order by key')
  return rows.map(({ key }) => key)
}

it('idempotency keys are deleted after 30 days, in every workspace and the oldest first', async () => {
  await storeKey('acme', 'new', 0)
  await storeKey('acme', 'kept', 30)
  await storeKey('acme', 'old', 31)
  await storeKey('acme', 'older', 60)
  await storeKey('globex', 'oldest', 400)
  expect(await deleteOldKeys(app.database.ownerPool, 2)).toBe(2)
  expect(await keys()).toEqual(['kept', 'new', 'old'])
  expect(await deleteOldKeys(app.database.ownerPool)).toBe(1)
  expect(await deleteOldKeys(app.database.ownerPool)).toBe(0)
  expect(await keys()).toEqual(['kept', 'new'])
})

it('a key that a request has found is not deleted before the request ends', async () => {
  await storeKey('acme', 'in use', 31)
  const request = await app.database.ownerPool.connect()
  try {
    await request.query('begin')
    // As a request with this key does: the row is locked although it is not updated.
    await request.query(
      `insert into idempotency_keys select * from idempotency_keys where key = 'in use'
       on conflict (workspace_id, actor_id, key, path) do update set answer = excluded.answer where false`,
    )
    expect(await deleteOldKeys(app.database.ownerPool)).toBe(0)
    await request.query('commit')
  } finally {
    request.release()
  }
  expect(await deleteOldKeys(app.database.ownerPool)).toBe(1)
})
