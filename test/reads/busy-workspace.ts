import type { Pool } from 'pg'
import { textAt } from '../../src/testing/answers.ts'
import type { TestActor, TestClient } from '../../src/testing/client.ts'
import { addAccount, addContact } from '../support/records.ts'

export const ACCOUNTS = 1_000
export const CONTACTS = 8
export const INTERACTIONS = 3
export const BUSY_INTERACTIONS = 100_000

/** The contact with 100,000 interactions, and its account. */
export interface Busy {
  readonly accountId: string
  readonly contactId: string
}

/**
 * Fills a workspace with 1,000 accounts. The first by name has one contact with 100,000 interactions; each other has 8
 * contacts with 3 interactions each. Uses SQL, because the API would take minutes.
 */
export async function fillWorkspace(owner: Pool, client: TestClient<TestActor>): Promise<Busy> {
  const account = await addAccount(client, { name: 'account 0000' })
  const contact = await addContact(client, { lastName: 'Busy', accounts: [{ accountId: account.id }] })
  const { workspaceId, id: actorId } = client.actor
  const connection = await owner.connect()
  try {
    await connection.query('begin')
    await connection.query(`select set_config('seed.workspace', $1, true), set_config('seed.actor', $2, true)`, [
      workspaceId,
      actorId,
    ])
    for (const statement of STATEMENTS) await connection.query(statement)
    await connection.query('commit')
    await connection.query('analyze')
  } finally {
    connection.release()
  }
  return { accountId: account.id, contactId: textAt(contact, 'id') }
}

const WORKSPACE = `current_setting('seed.workspace')::uuid`
const STAMPS = `${WORKSPACE}, current_setting('seed.actor')::uuid, current_setting('seed.actor')::uuid`
const COLUMNS = 'workspace_id, created_by_id, updated_by_id'

const STATEMENTS = [
  `create temp table people on commit drop as
   select gen_random_uuid() as contact_id, gen_random_uuid() as link_id, account_id, a from
   (select gen_random_uuid() as account_id, a from generate_series(1, ${ACCOUNTS - 1}) a) accounts cross join generate_series(1, ${CONTACTS})`,
  `insert into accounts (${COLUMNS}, id, name, industry, owner_id) select distinct ${STAMPS}, account_id, 'account ' || lpad(a::text, 4, '0'), 'i' || a % 7, current_setting('seed.actor')::uuid from people`,
  `insert into contacts (${COLUMNS}, id, last_name) select ${STAMPS}, contact_id, 'Person' from people`,
  `insert into account_contacts (workspace_id, id, account_id, contact_id) select ${WORKSPACE}, link_id, account_id, contact_id from people`,
  `insert into people select contact_id, id, account_id, 0 from account_contacts where workspace_id = ${WORKSPACE} and contact_id = (select id from contacts where workspace_id = ${WORKSPACE} and last_name = 'Busy')`,
  `create temp table events on commit drop as
   select gen_random_uuid() as id, contact_id, account_id, now() - random() * interval '900 days' as at, (array['CALL', 'EMAIL', 'NOTE'])[1 + n % 3] as kind
   from people cross join lateral generate_series(1, case when a = 0 then ${BUSY_INTERACTIONS} else ${INTERACTIONS} end) n`,
  `insert into interactions (${COLUMNS}, id, kind, occurred_at) select ${STAMPS}, id, kind, at from events`,
  `insert into timeline_entries (workspace_id, record_id, interaction_id, occurred_at, kind)
   select ${WORKSPACE}, record_id, id, at, kind from events cross join lateral (values (contact_id), (account_id)) records(record_id)`,
]
