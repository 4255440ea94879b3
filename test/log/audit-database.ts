import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import { vi } from 'vitest'
import { createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { type Database, openDatabase } from '../../src/platform/data/database.ts'
import { sealAll } from '../../src/platform/log/seals/seal.ts'
import { type Verdict, type VerifyOptions, verifyAudit } from '../../src/platform/log/seals/verify.ts'
import { createTestDatabase } from '../../src/testing/test-database.ts'

/** A workspace without a server. */
export interface AuditedWorkspace {
  readonly slug: string
  readonly workspaceId: string
  readonly adminId: string
}

/** A database with workspaces, whose audit entries a test writes itself. */
export interface AuditDatabase {
  readonly database: Database
  readonly owner: Pool
  readonly url: string
  addWorkspace(slug: string): Promise<AuditedWorkspace>
  close(): Promise<void>
}

export async function createAuditDatabase(): Promise<AuditDatabase> {
  const { url, drop } = await createTestDatabase()
  const database = openDatabase(url)
  return {
    database,
    owner: database.ownerPool,
    url,
    addWorkspace: async (slug) => ({
      slug,
      ...(await createWorkspace(database.ownerPool, { slug, adminEmail: `admin@${slug}.example` })),
    }),
    close: () => database.close().finally(drop),
  }
}

/** Writes entries in one transaction. Every second one has all columns, the others only the required ones. */
export async function writeEntries(owner: Pool, workspace: AuditedWorkspace, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    id: uuidv7(),
    recordId: randomUUID(),
    isFull: index % 2 === 0,
  }))
  await owner.query(
    `insert into audit_entries (workspace_id, id, at, actor_id, operation, type, record_id, version, changes,
       request_id, mutation, plugin, permission, ip_address, user_agent)
     select $1, (r->>'id')::uuid, now(), $2, 'UPDATED', 'Account', (r->>'recordId')::uuid, 2,
       jsonb_build_object('name', jsonb_build_object('from', null, 'to', r->>'id')),
       case when full_row then 'request-1' end, case when full_row then 'updateAccount' end,
       case when full_row then 'loyalty' end, case when full_row then 'account:update' end,
       case when full_row then '192.0.2.1' end, case when full_row then 'Mozilla/5.0' end
     from jsonb_array_elements($3::jsonb) r, lateral (select (r->>'isFull')::boolean as full_row) f`,
    [workspace.workspaceId, workspace.adminId, JSON.stringify(rows)],
  )
}

/** Seals until every entry is sealed: transactions of other test files in the same cluster delay the sealing. */
export async function sealEverything(owner: Pool): Promise<void> {
  await vi.waitFor(
    async () => {
      await sealAll(owner)
      const { rows } = await owner.query<{ left: boolean }>(
        `select exists (select from audit_entries e where e.xid >= coalesce(
           (select max(to_xid) from audit_seals s where s.workspace_id = e.workspace_id), 0)) as left`,
      )
      if (rows[0]?.left) throw new Error('A transaction that began before the last entry is still running.')
    },
    { timeout: 20_000, interval: 20 },
  )
}

/** Verifies the audit. Returns the verdicts by the slug of the workspace. */
export async function verified(owner: Pool, options: VerifyOptions = {}): Promise<Map<string, Verdict>> {
  const verdicts = new Map<string, Verdict>()
  for await (const verdict of verifyAudit(owner, options)) verdicts.set(verdict.workspace, verdict)
  return verdicts
}

/** Verifies the audit. Returns the faults that are found. */
export async function faults(owner: Pool): Promise<string[]> {
  return [...(await verified(owner)).values()].flatMap(({ fault }) => fault ?? [])
}
