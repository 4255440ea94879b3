import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tableProblems } from '../../../src/platform/plugins/tables/verify-tables.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { bookOf, doShelf, SHELF, shelf } from '../shelf/plugin.ts'

let app: TestApp

beforeAll(async () => {
  app = await createTestApp({ plugins: [{ plugin: shelf, directory: SHELF }] })
})
afterAll(() => app.close())

describe("a plugin's relation to actors with `onDelete: NoAction`", () => {
  it('is accepted, and does not prevent deleting a workspace with all records of the workspace', async () => {
    const { ownerPool } = app.database
    const { workspaceId } = app.as('admin', 'globex').actor
    await doShelf(app.as('admin', 'globex'), ({ records }) => records.create('Book', bookOf('one')))
    const client = await ownerPool.connect()
    try {
      expect(await tableProblems(client, 'shelf')).toEqual([])
      await client.query('begin; set constraints all deferred')
      await client.query('delete from workspaces where id = $1', [workspaceId])
      await client.query('commit')
    } finally {
      client.release()
    }
    expect((await ownerPool.query('select 1 from shelf_books where workspace_id = $1', [workspaceId])).rowCount).toBe(0)
  })

  it('is reported as a problem when the foreign key is not deferrable', async () => {
    const client = await app.database.ownerPool.connect()
    try {
      await client.query('alter table shelf_books alter constraint shelf_books_created_by_fkey not deferrable')
      expect(await tableProblems(client, 'shelf')).toEqual([expect.stringContaining('keeps actors from deleting')])
    } finally {
      client.release()
    }
  })
})
