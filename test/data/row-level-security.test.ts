import { join } from 'node:path'
import type { QueryResultRow } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readModelFiles } from '../../src/platform/data/models/compose-models.ts'
import { type Models, readModels } from '../../src/platform/data/models/models.ts'
import { createTwoWorkspaces, insert, inWorkspace, type TwoWorkspaces } from './two-workspaces.ts'

/** Tables with credentials, on which the role of the server has no privilege. */
const SECRETS: ReadonlySet<string> = new Set(['passwords', 'refresh_tokens', 'actor_identities'])

let models: Models
let data: TwoWorkspaces

beforeAll(async () => {
  models = readModels([await readModelFiles('core', join(import.meta.dirname, '../../prisma/models'))])
  data = await createTwoWorkspaces()
})

afterAll(() => data.drop())

describe('row-level security', () => {
  it('is enabled on each table with a workspace, by one policy for all roles except the owner of the table', async () => {
    const { rows } = await data.owner.query<QueryResultRow>(`
      select c.relname as table, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
        array_agg(p.polname::text) as policies, bool_and(p.polroles = '{0}' and p.polcmd = '*') as "forAll",
        min(pg_get_expr(p.polqual, c.oid)) as using, min(pg_get_expr(p.polwithcheck, c.oid)) as check
      from pg_class c left join pg_policy p on p.polrelid = c.oid
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
        and (c.relname = 'workspaces' or exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id'))
      group by c.oid`)
    const setting = `( SELECT (NULLIF(current_setting('app.workspace_id'::text, true), ''::text))::uuid AS "nullif")`

    expect(rows.length).toBeGreaterThan(30)
    for (const row of rows) {
      const condition = `(${row.table === 'workspaces' ? 'id' : 'workspace_id'} = ${setting})`
      expect(row).toEqual({
        table: row.table,
        enabled: true,
        forced: false,
        policies: ['workspace'],
        forAll: true,
        using: condition,
        check: condition,
      })
    }
  })

  it('applies to the role of the server, which owns no table or function and cannot switch to another role', async () => {
    const { rows } = await data.owner.query(`
      select rolsuper as super, rolbypassrls as bypasses, pg_has_role(oid, current_user, 'MEMBER') as "maybeOwner",
        array(select c.relname::text from pg_class c where c.relowner = r.oid) as tables,
        array(select p.proname::text from pg_proc p where p.proowner = r.oid) as functions,
        array(select m.roleid::regrole::text from pg_auth_members m where m.member = r.oid) as roles
      from pg_roles r where rolname = 'rapport_app'`)

    expect(rows).toEqual([{ super: false, bypasses: false, maybeOwner: false, tables: [], functions: [], roles: [] }])
  })

  it('lets the owner of the database, without superuser rights, read all rows, as pg_dump has to', async () => {
    const tables = [...models.models.values()].filter(({ isView }) => !isView).map(({ table }) => table)
    // pg_dump sets this too: a statement fails when a policy would hide rows from it.
    const read = (client: TwoWorkspaces['owner'], table: string) =>
      client.query(`set row_security = off; select * from ${table}`).finally(() => client.query('reset row_security'))

    for (const table of tables) await read(data.owner, table)
    await expect(read(data.app, 'workspaces')).rejects.toThrow('query would be affected by row-level security policy')
    expect((await data.owner.query('select slug from workspaces order by slug')).rows).toEqual([
      { slug: 'one' },
      { slug: 'other' },
    ])
    expect((await data.owner.query('select rolsuper from pg_roles where rolname = current_user')).rows).toEqual([
      { rolsuper: false },
    ])
  })

  it('is complete: the role of the server has no privilege on a table without a workspace', async () => {
    const { rows } = await data.owner.query<{ name: string }>(`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm') and c.relname <> 'workspaces'
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
        and has_any_column_privilege('rapport_app', c.oid, 'SELECT, INSERT, UPDATE')`)

    expect(rows).toEqual([])
  })

  it('shows the server no rows until a workspace is set, and then only this workspace in the table workspaces', async () => {
    for (const { table, hasWorkspace } of models.models.values()) {
      if (!hasWorkspace && table !== 'workspaces') continue
      if (SECRETS.has(table)) {
        await expect(data.app.query(`select * from ${table}`), table).rejects.toThrow(
          `permission denied for table ${table}`,
        )
        continue
      }
      expect((await data.app.query(`select * from ${table}`)).rows, table).toEqual([])
    }
    expect(await inWorkspace(data.app, data.one, (query) => query('select slug from workspaces'))).toEqual([
      { slug: 'one' },
    ])
    expect(await inWorkspace(data.app, data.other, (query) => query('select slug from workspaces'))).toEqual([
      { slug: 'other' },
    ])
  })

  it('does not let the role of the server insert or update a row of another workspace', async () => {
    await expect(
      inWorkspace(data.app, data.one, (query) => insert(query, 'teams', { workspace_id: data.other, name: 'Sales' })),
    ).rejects.toThrow('new row violates row-level security policy for table "teams"')
    expect(
      await inWorkspace(data.app, data.one, (query) =>
        query(`update workspaces set name = 'x' where slug = 'other' returning id`),
      ),
    ).toEqual([])
  })

  it('does not let the role of the server update, delete or truncate the log and the audit entries', async () => {
    for (const table of ['changes', 'audit_entries']) {
      for (const statement of [`update ${table} set type = 'x'`, `delete from ${table}`, `truncate ${table}`]) {
        await expect(inWorkspace(data.app, data.one, (query) => query(statement))).rejects.toThrow(
          `permission denied for table ${table}`,
        )
      }
    }
  })
})
