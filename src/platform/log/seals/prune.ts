import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { appendAuditRecords } from '../append.ts'
import { AUDIT, platformActor } from '../platform-actor.ts'
import { LOCK_CLASS, PRUNE_LOCK } from './entry-hash.ts'

/** Entries that one transaction deletes, besides those of the last seal among them. */
const MAX_ENTRIES = 10_000
/** Seals that one transaction marks. */
const MAX_SEALS = 1_000
const DAY_MS = 86_400_000

/** What was deleted of one workspace's audit. */
export interface PruneResult {
  readonly workspace: string
  readonly seals: number
  readonly entries: number
  /** Why it could not be done, or done to its end; null where it was. */
  readonly fault: string | null
}

/**
 * Deletes the entries that workspaces keep no longer (`audit_retention_days`): those of whole seals that were made before then.
 * The seals stay, marked, so that the chain can still be followed, and an entry of the audit tells of it. Answers the workspaces
 * in which something was to be deleted; none where somebody else is at it.
 */
export async function pruneAudit(ownerPool: Pool, now: Date = new Date()): Promise<PruneResult[]> {
  const { rows } = await ownerPool.query<{ id: string; slug: string; days: number }>(
    `select id, slug, audit_retention_days as days from workspaces
     where audit_retention_days is not null and audit_retention_days > 0 order by slug`,
  )
  const done: PruneResult[] = []
  for (const { id, slug, days } of rows) {
    const pruning = await pruneWorkspace(ownerPool, id, new Date(now.getTime() - days * DAY_MS), now)
    if (pruning) done.push({ workspace: slug, ...pruning })
  }
  return done
}

async function pruneWorkspace(
  ownerPool: Pool,
  workspaceId: string,
  before: Date,
  now: Date,
): Promise<Omit<PruneResult, 'workspace'> | null> {
  let [seals, entries] = [0, 0]
  for (;;) {
    try {
      const batch = await ownerTransaction(ownerPool, (client) => pruneBatch(client, workspaceId, before, now))
      if (!batch) break
      seals += batch.seals
      entries += batch.entries
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error
      return { seals, entries, fault: error.message }
    }
  }
  return seals === 0 ? null : { seals, entries, fault: null }
}

/** What is to be deleted is not what was sealed. */
class MisfitError extends Error {
  override readonly name = 'MisfitError'
}

interface Prunable {
  readonly number: number
  readonly toXid: string
  readonly seals: number
  readonly entries: number
}

async function pruneBatch(
  client: PoolClient,
  workspaceId: string,
  before: Date,
  now: Date,
): Promise<{ readonly seals: number; readonly entries: number } | null> {
  const turn = await client.query<{ isTaken: boolean }>('select pg_try_advisory_xact_lock($1, $2) as "isTaken"', [
    LOCK_CLASS,
    PRUNE_LOCK,
  ])
  const found = turn.rows[0]?.isTaken
    ? await client.query<Prunable>(PRUNABLE, [workspaceId, before, MAX_ENTRIES, MAX_SEALS])
    : null
  const last = found?.rows[0]
  if (!last) return null
  await client.query(
    'update audit_seals set pruned_at = $3 where workspace_id = $1 and number <= $2 and pruned_at is null',
    [workspaceId, last.number, now],
  )
  const { rows } = await client.query<{ count: number; newest: string | null }>(DELETE, [workspaceId, last.toXid])
  const { count, newest } = rows[0] ?? { count: 0, newest: null }
  if (count !== last.entries)
    throw new MisfitError(
      `${last.entries} entries were sealed and there are ${count}, so nothing of them is deleted. Run: rapport audit verify`,
    )
  await appendPruneEntry(client, workspaceId, last, newest ?? workspaceId, now)
  return { seals: last.seals, entries: last.entries }
}

/** Of the seals from the first that is not pruned, those before the first that is kept, as far as a batch goes. */
const PRUNABLE = `
select number, "toXid", seals, entries from (
  select s.number, s.to_xid::text as "toXid", s.sealed_at, (row_number() over w)::int as seals,
    (sum(s.entry_count) over w)::int as entries, s.entry_count,
    bool_and(s.sealed_at < $2) over w as "isOld"
  from (select * from audit_seals where workspace_id = $1 and pruned_at is null order by number limit $4) s
  window w as (order by s.number)
) old
where "isOld" and (entries - entry_count < $3)
order by number desc limit 1`

const DELETE = `
with gone as (delete from audit_entries where workspace_id = $1 and xid < $2 returning id, xid)
select (select count(*)::int from gone) as count, (select id from gone order by xid desc, id desc limit 1) as newest`

/** The entry that tells of it, by what `verifyAudit` accepts that the entries are gone. It is about the newest of them. */
async function appendPruneEntry(
  client: PoolClient,
  workspaceId: string,
  last: Prunable,
  recordId: string,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ entries: number }>(
    `select coalesce(sum(entry_count), 0)::float8 as entries from audit_seals where workspace_id = $1 and pruned_at is not null`,
    [workspaceId],
  )
  const entries = rows[0]?.entries ?? 0
  const changes = {
    seals: { from: last.number - last.seals, to: last.number },
    entries: { from: entries - last.entries, to: entries },
  }
  const source = { workspaceId, actorId: await platformActor(client, workspaceId, AUDIT), at: now, requestId: null }
  const record = { operation: 'DELETED' as const, type: 'AuditEntry', recordId, version: 0, changes, plugin: AUDIT }
  await appendAuditRecords(client, source, [record])
}
