import fc from 'fast-check'
import type { Pool } from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import {
  type AuditDatabase,
  type AuditedWorkspace,
  createAuditDatabase,
  faults,
  sealEverything,
  verified,
  writeEntries,
} from './audit-database.ts'

let audit: AuditDatabase
let owner: Pool
let acme: AuditedWorkspace
let globex: AuditedWorkspace

beforeAll(async () => {
  audit = await createAuditDatabase()
  owner = audit.owner
  acme = await audit.addWorkspace('acme')
  globex = await audit.addWorkspace('globex')
  for (let seal = 0; seal < 4; seal++) {
    await writeEntries(owner, acme, 6)
    await writeEntries(owner, globex, 2)
    await sealEverything(owner)
  }
  // An attacker who can change the audit can drop its constraints too.
  await owner.query(
    `do $$ declare c record; begin
       for c in select conname, conrelid::regclass as tab from pg_constraint
         where contype = 'f' and conrelid in ('audit_entries'::regclass, 'audit_seals'::regclass)
       loop execute format('alter table %s drop constraint %I', c.tab, c.conname); end loop; end $$`,
  )
  await owner.query('create table kept_entries as table audit_entries; create table kept_seals as table audit_seals')
})
afterEach(() => restore())
afterAll(() => audit.close())

async function restore(): Promise<void> {
  await owner.query(
    'truncate audit_entries, audit_seals; insert into audit_entries table kept_entries; insert into audit_seals table kept_seals',
  )
}

/** By column of an entry: another value, as an SQL expression of the old value and a number (`$2`). */
const ENTRY_CHANGES: Readonly<Record<string, string>> = {
  workspace_id: '(select id from workspaces where id <> t.workspace_id)',
  id: 'gen_random_uuid()',
  xid: 'xid + (case when $2 % 2 = 0 then -1 else 1 end) * (1 + $2 % 3)',
  at: `case $2 % 3 when 0 then 'infinity' when 1 then at + interval '1 ms' else at - interval '1 year' end`,
  actor_id: 'gen_random_uuid()',
  operation: `case when operation = 'CREATED' then 'DELETED' else 'CREATED' end::"ChangeOperation"`,
  type: `type || $2::text`,
  record_id: 'gen_random_uuid()',
  version: 'version + 1 + $2',
  changes: `case $2 % 3 when 0 then '{}'::jsonb when 1 then changes #- '{name,from}' else changes || '{"x": {"from": 1, "to": 2}}' end`,
  request_id: `case when request_id is null then '' when $2 % 2 = 0 then null else request_id || ' ' end`,
  mutation: `case when mutation is null then 'x' when $2 % 2 = 0 then null else upper(mutation) end`,
  plugin: `case when plugin is null then '' else null end`,
  permission: `case when permission is null then 'null' else permission || '@own' end`,
  ip_address: `case when ip_address is null then '192.0.2.2' else null end`,
  user_agent: `case when user_agent is null then 'Mozilla' else user_agent || $2::text end`,
}

const SEAL_CHANGES: Readonly<Record<string, string>> = {
  workspace_id: 'gen_random_uuid()',
  number: 'number + 100 + $2',
  from_xid: 'from_xid + (case when $2 % 2 = 0 then -1 else 1 end)',
  to_xid: 'to_xid + (case when $2 % 2 = 0 then -1 else 1 end)',
  entry_count: 'entry_count + (case when $2 % 2 = 0 then -1 else 1 end)',
  previous_hash: `overlay(previous_hash placing (case when substr(previous_hash, 5, 1) = 'a' then 'b' else 'a' end) from 5)`,
  hash: `overlay(hash placing (case when substr(hash, 5, 1) = 'a' then 'b' else 'a' end) from 5)`,
  sealed_at: `sealed_at + interval '1 ms' * (1 + $2)`,
  pruned_at: 'now()',
}

/** Changes one column of one row. Returns the number of changed rows. */
async function alter(
  table: string,
  columns: Readonly<Record<string, string>>,
  pick: number,
  column: string,
  n: number,
) {
  const { rowCount } = await owner.query(
    `with picked as (select ctid from ${table} order by workspace_id, ${table === 'audit_seals' ? 'number' : 'id'}
       offset $1 % (select count(*) from ${table}) limit 1)
     update ${table} t set ${column} = ${columns[column]} where ctid = (select ctid from picked) and $2::int is not null`,
    [pick, n],
  )
  return rowCount
}

describe('a change of a sealed entry or of a seal', () => {
  it('is not reported when nothing was changed', async () => {
    expect(await faults(owner)).toEqual([])
    const found = await verified(owner)
    expect(found.get('acme')).toMatchObject({ entries: 24, unsealed: 0 })
    expect(found.get('globex')).toMatchObject({ entries: 8, unsealed: 0 })
  })

  it('is found in any column of any entry', async () => {
    const columns = Object.keys(ENTRY_CHANGES)
    const { rows } = await owner.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'audit_entries'::regclass and attnum > 0 and not attisdropped`,
    )
    expect(rows.map(({ name }) => name).sort()).toEqual([...columns].sort())
    const change = fc.record({ column: fc.constantFrom(...columns), pick: fc.nat(), n: fc.nat({ max: 1_000 }) })
    await fc.assert(
      fc.asyncProperty(change, async ({ column, pick, n }) => {
        await restore()
        expect(await alter('audit_entries', ENTRY_CHANGES, pick, column, n)).toBe(1)
        expect(await faults(owner)).not.toEqual([])
      }),
      { numRuns: 160 },
    )
  })

  it('is found in any column of any seal', async () => {
    const columns = Object.keys(SEAL_CHANGES)
    const change = fc.record({ column: fc.constantFrom(...columns), pick: fc.nat(), n: fc.nat({ max: 1_000 }) })
    await fc.assert(
      fc.asyncProperty(change, async ({ column, pick, n }) => {
        await restore()
        expect(await alter('audit_seals', SEAL_CHANGES, pick, column, n)).toBe(1)
        expect(await faults(owner)).not.toEqual([])
      }),
      { numRuns: 100 },
    )
  })
})

describe('an entry or a seal that is removed, added or moved', () => {
  const ordered = (offset: number) =>
    `(select ctid from audit_entries where workspace_id = '${acme.workspaceId}' order by xid, id offset ${offset} limit 1)`

  it('is found when any entry is removed', async () => {
    for (let offset = 0; offset < 24; offset += 5) {
      await owner.query(`delete from audit_entries where ctid = ${ordered(offset)}`)
      expect(await faults(owner)).toEqual([expect.stringContaining('entries were removed (1 of 6)')])
      await restore()
    }
  })

  it('is found when an entry is added to a seal', async () => {
    await owner.query(
      `insert into audit_entries (workspace_id, id, actor_id, xid, operation, type, record_id, version, changes)
       select workspace_id, gen_random_uuid(), actor_id, xid, operation, type, record_id, version, changes
       from audit_entries where ctid = ${ordered(9)}`,
    )
    expect(await faults(owner)).toEqual([expect.stringContaining('entries were added (1 to 6)')])
  })

  it.each([
    ['before the first transaction', '-1', 'which no seal covers'],
    ['in a transaction of the future', '9000000000000000000', 'which has not begun'],
  ])('is found when an entry is added %s', async (_, xid, told) => {
    await owner.query(
      `insert into audit_entries (workspace_id, id, actor_id, xid, operation, type, record_id, version, changes)
       select workspace_id, gen_random_uuid(), actor_id, ${xid}, operation, type, record_id, version, changes
       from audit_entries where ctid = ${ordered(9)}`,
    )
    expect(await faults(owner)).toEqual([expect.stringContaining(told)])
  })

  it('is found when two entries change places', async () => {
    await owner.query(
      `update audit_entries e set changes = o.changes, record_id = o.record_id from audit_entries o
       where e.workspace_id = o.workspace_id and e.ctid in (${ordered(1)}, ${ordered(2)})
         and o.ctid in (${ordered(1)}, ${ordered(2)}) and o.ctid <> e.ctid`,
    )
    expect(await faults(owner)).toEqual([expect.stringContaining('their order was altered')])
  })

  it('is found when any seal is removed, also the last one', async () => {
    const { rows } = await owner.query<{ number: number }>(
      'select number from audit_seals where workspace_id = $1 order by number',
      [acme.workspaceId],
    )
    for (const { number } of rows) {
      await owner.query('delete from audit_seals where workspace_id = $1 and number = $2', [acme.workspaceId, number])
      expect(await faults(owner)).toEqual([expect.stringMatching(/is missing|its seal was removed/)])
      await restore()
    }
  })

  it('is found when a seal is removed and the later seals are renumbered', async () => {
    await owner.query('delete from audit_seals where workspace_id = $1 and number = 2', [acme.workspaceId])
    await owner.query('update audit_seals set number = number - 1 where workspace_id = $1 and number > 2', [
      acme.workspaceId,
    ])
    expect(await faults(owner)).toEqual([expect.stringContaining('Seal 2')])
  })

  it('is found by the hash of a seal, kept elsewhere, when all entries are sealed again after the change', async () => {
    const newest = (await verified(owner)).get('acme')?.newestHash ?? ''
    await owner.query(`delete from audit_seals; update audit_entries set changes = '{}' where ctid = ${ordered(4)}`)
    await sealEverything(owner)
    const found = (await verified(owner, { expect: newest })).get('acme')
    expect(found).toMatchObject({ fault: null, entries: 24, expectedSeal: null })
  })
})
