import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sealAudit } from '../../src/platform/log/seals/seal.ts'
import {
  type AuditDatabase,
  type AuditedWorkspace,
  createAuditDatabase,
  sealEverything,
  verified,
  writeEntries,
} from './audit-database.ts'

let audit: AuditDatabase
let acme: AuditedWorkspace
let globex: AuditedWorkspace

beforeAll(async () => {
  audit = await createAuditDatabase()
  acme = await audit.addWorkspace('acme')
  globex = await audit.addWorkspace('globex')
})
afterAll(() => audit.close())

describe('sealing the audit', () => {
  it('creates a seal for each workspace with new entries, and the seal contains the hash of the workspace’s previous seal', async () => {
    await writeEntries(audit.owner, acme, 3)
    await writeEntries(audit.owner, globex, 2)
    await sealEverything(audit.owner)
    await writeEntries(audit.owner, acme, 4)
    await sealEverything(audit.owner)
    const found = await verified(audit.owner)
    expect(found.get('acme')).toMatchObject({ seals: 2, entries: 7, unsealed: 0, fault: null })
    expect(found.get('globex')).toMatchObject({ seals: 1, entries: 2, unsealed: 0, fault: null })
    const { rows } = await audit.owner.query(
      `select s.previous_hash = p.hash and s.from_xid = p.to_xid as chained from audit_seals s
       join audit_seals p on p.workspace_id = s.workspace_id and p.number = s.number - 1`,
    )
    expect(rows).toEqual([{ chained: true }])
  })

  it('seals no entry twice, and a verification reports how many entries are not sealed yet', async () => {
    await writeEntries(audit.owner, acme, 5)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ entries: 7, unsealed: 5, fault: null })
    await sealEverything(audit.owner)
    await sealEverything(audit.owner)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ seals: 3, entries: 12, unsealed: 0 })
  })

  it('waits for running transactions, which may still add entries', async () => {
    const client = await audit.owner.connect()
    try {
      await client.query('begin; select pg_current_xact_id()')
      await writeEntries(audit.owner, acme, 1)
      const turn = await sealAudit(audit.owner)
      expect(turn?.seals).toEqual([])
      await client.query('commit')
    } finally {
      client.release()
    }
    await sealEverything(audit.owner)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ entries: 13, unsealed: 0, fault: null })
  })

  it('leaves every entry sealed, and no seal wrong, when it runs three times at once', async () => {
    await writeEntries(audit.owner, acme, 10)
    const turns = await Promise.all([sealAudit(audit.owner), sealAudit(audit.owner), sealAudit(audit.owner)])
    expect(turns.filter((turn) => turn !== null).length).toBeGreaterThan(0)
    await sealEverything(audit.owner)
    expect((await verified(audit.owner)).get('acme')).toMatchObject({ unsealed: 0, fault: null })
  })

  it('seals many entries in several seals, each of whole transactions', async () => {
    for (let index = 0; index < 3; index++) await writeEntries(audit.owner, globex, 6_000)
    await sealEverything(audit.owner)
    const { rows } = await audit.owner.query<{ entry_count: number }>(
      'select entry_count from audit_seals where workspace_id = $1 and number > 1 order by number',
      [globex.workspaceId],
    )
    const counts = rows.map((row) => row.entry_count)
    expect(counts.length).toBeGreaterThan(1)
    expect(counts.every((count) => count === 6_000 || count === 12_000)).toBe(true)
    expect((await verified(audit.owner)).get('globex')).toMatchObject({ entries: 18_002, fault: null })
  })

  it('lets a verification find the seal of a hash that was stored elsewhere', async () => {
    const newest = (await verified(audit.owner)).get('acme')?.newestHash ?? ''
    await writeEntries(audit.owner, acme, 1)
    await sealEverything(audit.owner)
    const kept = await verified(audit.owner, { expect: newest.toUpperCase(), workspace: 'acme' })
    expect(kept.get('acme')?.expectedSeal).toBeGreaterThan(1)
    const lost = await verified(audit.owner, { expect: 'f'.repeat(64) })
    expect([...lost.values()].map(({ expectedSeal }) => expectedSeal)).toEqual([null, null])
  })

  it('seals every entry once while 8 writers add entries', async () => {
    let isWriting = true
    const sealer = (async () => {
      let sealedTo: string | null = null
      while (isWriting) sealedTo = (await sealAudit(audit.owner, sealedTo))?.sealedTo ?? sealedTo
    })()
    const before = (await verified(audit.owner)).get('acme')?.entries ?? 0
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let index = 0; index < 25; index++)
          await writeEntries(audit.database.ownerPool, acme, 1 + ((writer + index) % 3))
      }),
    )
    isWriting = false
    await sealer
    await sealEverything(audit.owner)
    const { rows } = await audit.owner.query<{ count: number }>(
      'select count(*)::int as count from audit_entries where workspace_id = $1',
      [acme.workspaceId],
    )
    const found = (await verified(audit.owner)).get('acme')
    expect(found).toMatchObject({ entries: rows[0]?.count, unsealed: 0, fault: null })
    expect((found?.entries ?? 0) - before).toBeGreaterThan(200)
  })
})
