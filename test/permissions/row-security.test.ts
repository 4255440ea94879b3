import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { type AccessDatabase, createAccessDatabase } from '../identity/access-database.ts'

const identityTables = ['workspaces', 'actors', 'roles', 'actor_roles'] as const

let database: AccessDatabase
let workspaceId: string

beforeAll(async () => {
  database = await createAccessDatabase()
  workspaceId = (await createWorkspace(database.ownerPool, { slug: 'acme', adminEmail: 'ada@acme.example' }))
    .workspaceId
})
afterAll(() => database.drop())

test('in these tests neither the owner of the database nor the server’s database role can bypass row-level security', async () => {
  for (const pool of [database.ownerPool, database.app]) {
    const { rows } = await pool.query('select rolsuper, rolbypassrls from pg_roles where rolname = current_user')
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }])
  }
})

test.each(identityTables)(
  'the owner of the database can read table %s while no workspace is set for the connection',
  async (table) => {
    expect((await database.ownerPool.query(`select from ${table}`)).rowCount).toBeGreaterThan(0)
  },
)

test.each(identityTables)(
  'the server’s database role finds no row in table %s while no workspace is set for the connection',
  async (table) => {
    expect((await database.app.query(`select from ${table}`)).rowCount).toBe(0)
    if (table === 'workspaces') return
    expect((await database.app.query(`update ${table} set workspace_id = workspace_id`)).rowCount).toBe(0)
    expect((await database.app.query(`delete from ${table}`)).rowCount).toBe(0)
  },
)

test('the server’s database role cannot insert an actor or a role while no workspace is set for the connection', async () => {
  const statements = [
    `insert into actors (workspace_id, id, kind, display_name) values ('${workspaceId}', '${randomUUID()}', 'USER', 'Eve')`,
    `insert into roles (workspace_id, id, name, permissions) values ('${workspaceId}', '${randomUUID()}', 'eve', '{*:*}')`,
  ]
  for (const statement of statements) {
    await expect(database.app.query(statement)).rejects.toThrow(/row-level security/)
  }
})

test('the server’s database role cannot insert or delete a workspace', async () => {
  const made = database.app.query(
    `insert into workspaces (id, slug, name) values ('${randomUUID()}', 'other', 'Other')`,
  )
  await expect(made).rejects.toThrow('permission denied for table workspaces')
  await expect(database.app.query('delete from workspaces')).rejects.toThrow('permission denied for table workspaces')
})
