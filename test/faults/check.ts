import type { Client } from 'pg'
import { decodeId } from '../../src/platform/declare/record-id.ts'
import { textAt } from '../../src/testing/answers.ts'
import { type Acknowledged, BATCH, type ClientLog, send } from './writers.ts'

/** Queries for inconsistent rows in one workspace ($1), by the name of the problem. Each must return no rows. */
const HALF_WRITES: Readonly<Record<string, string>> = {
  'record without its audit entries': `select id from records r where version <> (select count(*) from audit_entries a where a.workspace_id = $1 and a.record_id = r.id)`,
  'record without its changes': `select id from records r where version <> (select count(*) from changes c where c.workspace_id = $1 and c.record_id = r.id)`,
  'audit entry without its record': `select record_id from audit_entries a where workspace_id = $1 and not exists (select from records r where r.id = a.record_id)`,
  'change without its record': `select record_id from changes c where workspace_id = $1 and not exists (select from records r where r.id = c.record_id)`,
  'audit versions with a gap': `select record_id from audit_entries where workspace_id = $1 group by record_id having array_agg(version order by version) <> array(select generate_series(1, max(version)))`,
  'account without its parts': `select id from accounts a where workspace_id = $1 and name like 'single %' and ((select count(*) from account_domains d where d.account_id = a.id) <> 2 or (select count(*) from account_addresses d where d.account_id = a.id) <> 1)`,
  'contact without its parts': `select id from contacts c where workspace_id = $1 and ((select count(*) from contact_emails e where e.contact_id = c.id) <> 2 or (select count(*) from contact_phones p where p.contact_id = c.id) <> 1 or (select count(*) from account_contacts l where l.contact_id = c.id) <> 1)`,
  'call without its parts': `select id from interactions i where workspace_id = $1 and (not exists (select from interaction_calls d where d.id = i.id) or (select count(*) from interaction_participants p where p.interaction_id = i.id) <> 1 or (select count(*) from interaction_regarding g where g.interaction_id = i.id) <> 1 or (select count(*) from timeline_entries t where t.interaction_id = i.id) <> 2)`,
  'incomplete batch': `select name from accounts where workspace_id = $1 and name like 'batch %' group by name having count(*) <> ${BATCH}`,
  'account created twice': `select name from accounts where workspace_id = $1 and name like 'single %' group by name having count(*) <> 1`,
  'idempotency key without a stored payload': `select key from idempotency_keys where workspace_id = $1 and jsonb_typeof(answer) <> 'object'`,
}

const RECORDS = `with records as (
  select id, version from accounts where workspace_id = $1 union all select id, version from contacts where workspace_id = $1 union all select id, version from interactions where workspace_id = $1
)`

/** Returns a text for each inconsistency in the workspace. Empty when there is none. */
export async function findHalfWrites(owner: Client, workspaceId: string): Promise<string[]> {
  const problems: string[] = []
  for (const [name, query] of Object.entries(HALF_WRITES)) {
    const { rows } = await owner.query(`${RECORDS} ${query}`, [workspaceId])
    if (rows.length > 0) problems.push(`${name}: ${rows.length}, such as ${JSON.stringify(rows[0])}`)
  }
  return problems
}

/** Returns a text for each acknowledged write without its record, audit entry or change. */
export async function findLost(
  owner: Client,
  workspaceId: string,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const wanted = acknowledged.flatMap(({ ids, version, what }) =>
    ids.map((id) => ({ id: decodeId(id)?.uuid ?? id, version, what })),
  )
  const { rows } = await owner.query<{ what: string; id: string }>(
    `${RECORDS} select w.what, w.id from jsonb_to_recordset($2::jsonb) as w(id uuid, version int, what text)
     where not exists (select from records r where r.id = w.id and r.version >= w.version)
     or not exists (select from audit_entries a where a.workspace_id = $1 and a.record_id = w.id and a.version = w.version)
     or (select count(*) from changes c where c.workspace_id = $1 and c.record_id = w.id) < w.version`,
    [workspaceId, JSON.stringify(wanted)],
  )
  return rows.map(({ what, id }) => `an acknowledged ${what} is lost: ${id}`)
}

/** Returns a text for each account whose list lost an acknowledged number, has one twice, or is out of order. */
export async function findLostAppends(
  owner: Client,
  workspaceId: string,
  appended: ClientLog['appended'],
): Promise<string[]> {
  const uuids = [...appended.keys()].map((id) => decodeId(id)?.uuid ?? '')
  const { rows } = await owner.query<{ id: string; description: string | null }>(
    'select id, description from accounts where workspace_id = $1 and id = any($2::uuid[])',
    [workspaceId, uuids],
  )
  const stored = new Map(
    rows.map(({ id, description }) => [id, (description ?? '').split(' ').filter(Boolean).map(Number)]),
  )
  return [...appended].flatMap(([id, numbers]) => {
    const list = stored.get(decodeId(id)?.uuid ?? '') ?? []
    // One more number may have been written whose response was lost.
    const isPrefix =
      numbers.every((number, index) => list[index] === number) &&
      list.length <= numbers.length + 1 &&
      list.every((number, index) => number === index + 1)
    return isPrefix ? [] : [`the list of ${id} is ${list.join(' ')}, acknowledged were ${numbers.join(' ')}`]
  })
}

/**
 * Retries the unanswered writes twice with the same idempotency keys. Returns a text for each key with two different
 * payloads and for each create that is refused.
 */
export async function repeatUnanswered(url: string, token: string, log: ClientLog): Promise<string[]> {
  const problems: string[] = []
  for (const { key, query, variables } of log.unanswered.splice(0)) {
    const [first, second] = [
      await send(url, token, query, variables, key),
      await send(url, token, query, variables, key),
    ]
    if (first === null || JSON.stringify(first) !== JSON.stringify(second))
      problems.push(`the key ${key} answers ${JSON.stringify(first)} and then ${JSON.stringify(second)}`)
    // An update may be refused, because a newer one may have changed the version since. A create must not be refused.
    if (query.includes('createAccount(') && JSON.stringify(first).includes('"account":null'))
      problems.push(`the repeated create was refused: ${textAt(first, 'createAccount.userErrors.0.message')}`)
  }
  return problems
}
