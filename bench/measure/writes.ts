import type { Client } from 'pg'
import type { SystemId } from '../servers/start.ts'

/**
 * Checks that every acknowledged record is in the database. For systems that write a log and an audit, also checks that
 * each record is in both.
 * @param prefix prefix of the names of the records
 * @param acknowledged number of acknowledged creates, by system
 * @throws Error when a number differs
 */
export async function verifyWritten(
  ownerClient: Client,
  prefix: string,
  acknowledged: ReadonlyMap<SystemId, number>,
): Promise<void> {
  for (const [system, expected] of acknowledged) {
    const { rows } = await ownerClient.query<{ accounts: number; changes: number; audits: number }>(
      `with made as (select workspace_id, id from accounts where name = $1)
       select (select count(*)::int from made) as accounts,
         (select count(*)::int from changes c join made m on m.workspace_id = c.workspace_id and m.id = c.record_id) as changes,
         (select count(*)::int from audit_entries e join made m on m.workspace_id = e.workspace_id and m.id = e.record_id) as audits`,
      [`${prefix} ${system}`],
    )
    const counts = rows[0] ?? { accounts: 0, changes: 0, audits: 0 }
    const isLogged = system === 'postgraphile' || (counts.changes === expected && counts.audits === expected)
    if (counts.accounts !== expected || !isLogged)
      throw new Error(`${system} acknowledged ${expected} records; the database has ${JSON.stringify(counts)}.`)
  }
}

/**
 * Deletes the records that a case has created, with their changes and audit entries, so that the next run has the same
 * database.
 */
export async function removeWritten(ownerClient: Client, prefix: string): Promise<void> {
  await ownerClient.query('begin')
  await ownerClient.query(
    'create temp table made on commit drop as select workspace_id, id from accounts where starts_with(name, $1)'.replace(
      '$1',
      `'${prefix}'`,
    ),
  )
  await ownerClient.query(
    'delete from changes c using made m where c.workspace_id = m.workspace_id and c.record_id = m.id',
  )
  await ownerClient.query(
    'delete from audit_entries e using made m where e.workspace_id = m.workspace_id and e.record_id = m.id',
  )
  await ownerClient.query('delete from accounts a using made m where a.workspace_id = m.workspace_id and a.id = m.id')
  await ownerClient.query('commit')
  await ownerClient.query('vacuum (analyze) accounts, changes, audit_entries')
}
