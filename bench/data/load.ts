import type { ClientBase } from 'pg'
import { openDatabase } from '../../src/platform/data/database.ts'
import { generatorFunctions } from './functions.ts'
import { CREATE_DRAFTS, INSERT_DRAFTS, INSERT_INTERACTIONS } from './interactions.ts'
import { INSERT_OPPORTUNITIES } from './opportunities.ts'
import { INSERT_ACCOUNTS, INSERT_CONTACTS, INSERT_ROLES } from './records.ts'
import { dropKeysAndIndexes } from './set-aside.ts'
import { workspaceSizes } from './size.ts'
import { type NewWorkspace, provisionWorkspace } from './workspaces.ts'

const TABLES = [
  'accounts',
  'contacts',
  'contact_emails',
  'contact_phones',
  'account_contacts',
  'interactions',
  'interaction_participants',
  'interaction_regarding',
  'timeline_entries',
  'opportunities',
  'interaction_calls',
  'interaction_emails',
  'interaction_meetings',
  'interaction_chats',
  'interaction_letters',
  'interaction_visits',
  'interaction_social_posts',
]

/**
 * Loads the data set into a migrated, empty database, as the role that owns the tables. All records are loaded in one
 * transaction.
 */
export async function loadDataSet(
  url: string,
  seed: number,
  scale: number,
  log: (line: string) => void,
): Promise<void> {
  const database = openDatabase(url)
  const startedAt = performance.now()
  try {
    const workspaces: NewWorkspace[] = []
    for (const [index, size] of workspaceSizes(scale).entries())
      workspaces.push(await provisionWorkspace(database.ownerPool, size, index + 1))
    const client = await database.ownerPool.connect()
    try {
      await client.query('begin')
      await client.query(`set local maintenance_work_mem = '256MB'; set local work_mem = '128MB'`)
      await client.query(generatorFunctions(seed))
      const dropped = await dropKeysAndIndexes(client, TABLES)
      for (const workspace of workspaces) {
        log(
          `  ${workspace.slug}: ${workspace.accounts} accounts, ${workspace.contacts} contacts, ${workspace.interactions} interactions, ${workspace.opportunities} opportunities`,
        )
        await loadWorkspace(client, workspace)
      }
      await dropped.restore(log)
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch(() => undefined)
      throw error
    } finally {
      // Closes the connection, so that PostgreSQL drops its temporary functions.
      client.release(true)
    }
    await database.ownerPool.query('vacuum (analyze)')
    log(`  loaded in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  } finally {
    await database.close()
  }
}

async function loadWorkspace(
  client: ClientBase,
  { id, number, userIds, accounts, contacts, interactions, opportunities, hotInteractions }: NewWorkspace,
): Promise<void> {
  await client.query(INSERT_ACCOUNTS, [id, number, accounts, userIds])
  await client.query(INSERT_CONTACTS, [id, number, contacts, userIds])
  await numberRows(client, 'accounts', id, number)
  await numberRows(client, 'contacts', id, number)
  await client.query(INSERT_ROLES, [id, accounts])
  await client.query(CREATE_DRAFTS)
  await client.query(INSERT_DRAFTS, [number, interactions, hotInteractions, contacts, userIds])
  await client.query('analyze drafts')
  for (const statement of INSERT_INTERACTIONS) await client.query(statement, [id])
  await client.query(INSERT_OPPORTUNITIES, [id, number, opportunities, accounts, userIds])
  await client.query('drop table numbered_accounts, numbered_contacts, drafts')
}

/**
 * Creates a temporary table `numbered_<table>` with the ids of a workspace's rows. The rows are numbered from 1 in the
 * order of their ids, which is the order of their creation.
 */
async function numberRows(client: ClientBase, table: string, workspaceId: string, number: number): Promise<void> {
  await client.query(`create temp table numbered_${table} (i int primary key, k bigint, id uuid, at timestamptz)`)
  await client.query(
    `insert into numbered_${table} select i, $2::bigint * 10000000 + i, id, created_at
     from (select row_number() over (order by id) as i, id, created_at from ${table} where workspace_id = $1) numbered`,
    [workspaceId, number],
  )
  await client.query(`analyze numbered_${table}`)
}
