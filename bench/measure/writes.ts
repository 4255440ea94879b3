import type { Client } from 'pg'
import type { SystemId } from '../servers/start.ts'

/** Checks that every acknowledged record is there, and those of the systems that keep a log in the log and in the audit. */
export async function verifyWritten(
  ownerPool: Client,
  prefix: string,
  acknowledged: ReadonlyMap<SystemId, number>,
): Promise<void> {
  for (const [system, expected] of acknowledged) {
    const { rows } = await ownerPool.query<{ accounts: number; changes: number; audits: number }>(
      `with made as (select workspace_id, id from accounts where name = $1)
       select (select count(*)::int from made) as accounts,
         (select count(*)::int from changes c join made m on m.workspace_id = c.workspace_id and m.id = c.record_id) as changes,
         (select count(*)::int from audit_entries e join made m on m.workspace_id = e.workspace_id and m.id = e.record_id) as audits`,
      [`${prefix} ${system}`],
    )
    const found = rows[0] ?? { accounts: 0, changes: 0, audits: 0 }
    const isLogged = system === 'postgraphile' || (found.changes === expected && found.audits === expected)
    if (found.accounts !== expected || !isLogged)
      throw new Error(`${system} acknowledged ${expected} records; the database has ${JSON.stringify(found)}.`)
  }
}

/** Deletes what the benchmark wrote, with its log: a kept database is the same for the next run. */
export async function removeWritten(ownerPool: Client, prefix: string): Promise<void> {
  await ownerPool.query('begin')
  await ownerPool.query(
    'create temp table made on commit drop as select workspace_id, id from accounts where starts_with(name, $1)'.replace(
      '$1',
      `'${prefix}'`,
    ),
  )
  await ownerPool.query(
    'delete from changes c using made m where c.workspace_id = m.workspace_id and c.record_id = m.id',
  )
  await ownerPool.query(
    'delete from audit_entries e using made m where e.workspace_id = m.workspace_id and e.record_id = m.id',
  )
  await ownerPool.query('delete from accounts a using made m where a.workspace_id = m.workspace_id and a.id = m.id')
  await ownerPool.query('commit')
  await ownerPool.query('vacuum (analyze) accounts, changes, audit_entries')
}
