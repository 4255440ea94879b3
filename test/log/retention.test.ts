import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pruneAudit } from '../../src/platform/log/seals/prune.ts'
import {
  type AuditDatabase,
  type AuditedWorkspace,
  createAuditDatabase,
  faults,
  sealEverything,
  verified,
  writeEntries,
} from './audit-database.ts'

const DAY_MS = 86_400_000

let audit: AuditDatabase
let acme: AuditedWorkspace
let globex: AuditedWorkspace

beforeAll(async () => {
  audit = await createAuditDatabase()
  acme = await audit.addWorkspace('acme')
  globex = await audit.addWorkspace('globex')
})
afterAll(() => audit.close())

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS)
}

async function entriesOf({ workspaceId }: AuditedWorkspace) {
  const { rows } = await audit.owner.query<{ count: number; told: unknown; plugin: string; kind: string }>(
    `select count(*) over ()::int as count, e.changes as told, e.plugin, a.kind from audit_entries e
     join actors a on a.workspace_id = e.workspace_id and a.id = e.actor_id where e.workspace_id = $1 order by e.xid desc`,
    [workspaceId],
  )
  return rows
}

describe('retention of audit entries', () => {
  it('keeps everything when a workspace sets no retention', async () => {
    for (const workspace of [acme, globex, acme]) {
      await writeEntries(audit.owner, workspace, 4)
      await sealEverything(audit.owner)
    }
    expect(await pruneAudit(audit.owner, inDays(10_000))).toEqual([])
  })

  it('deletes the entries of seals older than the retention, marks these seals as pruned and audits the deletion', async () => {
    await audit.owner.query('update workspaces set audit_retention_days = 30 where id = $1', [acme.workspaceId])
    expect(await pruneAudit(audit.owner, inDays(29))).toEqual([])
    expect(await pruneAudit(audit.owner, inDays(31))).toEqual([
      { workspace: 'acme', seals: 2, entries: 8, fault: null },
    ])
    expect(await entriesOf(acme)).toEqual([
      {
        count: 1,
        told: { seals: { from: 0, to: 2 }, entries: { from: 0, to: 8 } },
        plugin: 'audit',
        kind: 'PLUGIN',
      },
    ])
    expect(await entriesOf(globex)).toHaveLength(4)
    const found = await verified(audit.owner)
    expect(found.get('acme')).toMatchObject({ seals: 2, prunedSeals: 2, entries: 0, unsealed: 1, fault: null })
    expect(await pruneAudit(audit.owner, inDays(31))).toEqual([])
  })

  it('continues, at its next run, after the last seal whose entries were deleted', async () => {
    await writeEntries(audit.owner, acme, 3)
    await sealEverything(audit.owner)
    await writeEntries(audit.owner, acme, 2)
    await sealEverything(audit.owner)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ prunedSeals: 2, entries: 6, fault: null })
    const [pruned] = await pruneAudit(audit.owner, inDays(62))
    expect(pruned).toMatchObject({ entries: 6, fault: null })
    const [entry] = await entriesOf(acme)
    expect(entry).toMatchObject({ count: 1, told: { entries: { from: 8, to: 14 } } })
    await sealEverything(audit.owner)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ entries: 1, unsealed: 0, fault: null })
  })

  it.each([
    ['a pruned seal is removed', 'delete from audit_seals where number = 1'],
    ['a pruned seal claims more entries', 'update audit_seals set entry_count = entry_count + 1 where number = 2'],
    ['a pruned seal has another hash', `update audit_seals set hash = repeat('a', 64) where number = 2`],
    ['a pruned seal is no longer marked as pruned', 'update audit_seals set pruned_at = null where number = 2'],
    ['another seal is marked as pruned', 'update audit_seals set pruned_at = now()'],
    [
      'another seal is marked as pruned and its entries are deleted',
      `update audit_seals set pruned_at = now(); delete from audit_entries where operation <> 'READ'`,
    ],
    [
      'entries are moved into a pruned seal',
      'update audit_entries set xid = (select to_xid - 1 from audit_seals where number = 2)',
    ],
  ])('does not keep a verification from finding tampering: %s', async (_, tampering) => {
    const client = await audit.owner.connect()
    try {
      await client.query(
        `create table kept_entries as table audit_entries; create table kept_seals as table audit_seals`,
      )
      await client.query(`delete from audit_seals where workspace_id = '${globex.workspaceId}';
        delete from audit_entries where workspace_id = '${globex.workspaceId}'`)
      expect(await faults(audit.owner)).toEqual([])
      await client.query(tampering)
      expect(await faults(audit.owner)).toHaveLength(1)
    } finally {
      await client.query(`truncate audit_entries, audit_seals; insert into audit_entries table kept_entries;
        insert into audit_seals table kept_seals; drop table kept_entries, kept_seals`)
      client.release()
    }
  })

  it('deletes nothing when a sealed entry is missing', async () => {
    await audit.owner.query('update workspaces set audit_retention_days = 30 where id = $1', [globex.workspaceId])
    await audit.owner.query(
      `delete from audit_entries where ctid = (select ctid from audit_entries where workspace_id = $1 order by id limit 1)`,
      [globex.workspaceId],
    )
    const [, pruned] = await pruneAudit(audit.owner, inDays(200))
    expect(pruned).toMatchObject({
      workspace: 'globex',
      seals: 0,
      fault: expect.stringContaining('4 entries were sealed'),
    })
    expect(await entriesOf(globex)).toHaveLength(3)
  })
})
