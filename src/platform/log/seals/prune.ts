import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { appendAuditRecords } from '../append.ts'
import { AUDIT, platformActor } from '../platform-actor.ts'
import { LOCK_CLASS, PRUNE_LOCK } from './entry-hash.ts'

/** One transaction deletes the entries of whole seals, up to the seal with which it reaches this number of entries. */
const MAX_ENTRIES = 10_000
/** Maximum number of seals that one transaction marks. */
const MAX_SEALS = 1_000
const DAY_MS = 86_400_000

/** What was deleted of one workspace's audit. */
export interface PruneResult {
  readonly workspace: string
  readonly seals: number
  readonly entries: number
  /** Why the deletion stopped early; null when it did not. */
  readonly fault: string | null
}

/**
 * Deletes the audit entries of all seals that are older than their workspace's retention (`audit_retention_days`). The
 * seals stay, marked as pruned, so that the chain can still be checked, and an audit entry records the deletion.
 * Returns the result of each workspace that had entries to delete. While another node prunes, nothing is deleted and
 * the list is empty.
 * @param now the time from which the retention is counted back
 */
export async function pruneAudit(ownerPool: Pool, now: Date = new Date()): Promise<PruneResult[]> {
  const { rows } = await ownerPool.query<{ id: string; slug: string; days: number }>(
    `select id, slug, audit_retention_days as days from workspaces
     where audit_retention_days is not null and audit_retention_days > 0 order by slug`,
  )
  const results: PruneResult[] = []
  for (const { id, slug, days } of rows) {
    const result = await pruneWorkspace(ownerPool, id, new Date(now.getTime() - days * DAY_MS), now)
    if (result) results.push({ workspace: slug, ...result })
  }
  return results
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
      if (!(error instanceof SealMismatchError)) throw error
      return { seals, entries, fault: error.message }
    }
  }
  return seals === 0 ? null : { seals, entries, fault: null }
}

/** Thrown when a batch has more or fewer entries than were sealed. Nothing of the batch is deleted then. */
class SealMismatchError extends Error {
  override readonly name = 'SealMismatchError'
}

/** The last seal of a batch (`number`, `toXid`), and how many seals and entries the batch has. */
interface PruneBatch {
  readonly number: number
  readonly toXid: string
  readonly seals: number
  readonly entries: number
}

/** Prunes one batch of seals. Returns null when there is nothing to prune, or another node prunes. */
async function pruneBatch(
  client: PoolClient,
  workspaceId: string,
  before: Date,
  now: Date,
): Promise<{ readonly seals: number; readonly entries: number } | null> {
  const lock = await client.query<{ isTaken: boolean }>('select pg_try_advisory_xact_lock($1, $2) as "isTaken"', [
    LOCK_CLASS,
    PRUNE_LOCK,
  ])
  const batches = lock.rows[0]?.isTaken
    ? await client.query<PruneBatch>(SELECT_BATCH, [workspaceId, before, MAX_ENTRIES, MAX_SEALS])
    : null
  const batch = batches?.rows[0]
  if (!batch) return null
  await client.query(
    'update audit_seals set pruned_at = $3 where workspace_id = $1 and number <= $2 and pruned_at is null',
    [workspaceId, batch.number, now],
  )
  const { rows } = await client.query<{ count: number; newest: string | null }>(DELETE_ENTRIES, [
    workspaceId,
    batch.toXid,
  ])
  const { count, newest } = rows[0] ?? { count: 0, newest: null }
  if (count !== batch.entries)
    throw new SealMismatchError(
      `${batch.entries} entries were sealed and ${count} exist, so none of them is deleted. Run: rapport audit verify`,
    )
  await appendPruneEntry(client, workspaceId, batch, newest ?? workspaceId, now)
  return { seals: batch.seals, entries: batch.entries }
}

/**
 * Selects the next batch: the oldest seals that are not pruned yet, as far as they were created before $2, within
 * MAX_ENTRIES ($3) and MAX_SEALS ($4).
 */
const SELECT_BATCH = `
select number, "toXid", seals, entries from (
  select s.number, s.to_xid::text as "toXid", s.sealed_at, (row_number() over w)::int as seals,
    (sum(s.entry_count) over w)::int as entries, s.entry_count,
    bool_and(s.sealed_at < $2) over w as "isOld"
  from (select * from audit_seals where workspace_id = $1 and pruned_at is null order by number limit $4) s
  window w as (order by s.number)
) old
where "isOld" and (entries - entry_count < $3)
order by number desc limit 1`

const DELETE_ENTRIES = `
with deleted as (delete from audit_entries where workspace_id = $1 and xid < $2 returning id, xid)
select (select count(*)::int from deleted) as count, (select id from deleted order by xid desc, id desc limit 1) as newest`

/**
 * Appends the audit entry of a deletion, from which `verifyAudit` knows that the entries were pruned. Its record is the
 * newest of the deleted entries. Its changes are the totals of pruned seals and entries, before and after.
 */
async function appendPruneEntry(
  client: PoolClient,
  workspaceId: string,
  batch: PruneBatch,
  recordId: string,
  now: Date,
): Promise<void> {
  const { rows } = await client.query<{ entries: number }>(
    `select coalesce(sum(entry_count), 0)::float8 as entries from audit_seals where workspace_id = $1 and pruned_at is not null`,
    [workspaceId],
  )
  const entries = rows[0]?.entries ?? 0
  const changes = {
    seals: { from: batch.number - batch.seals, to: batch.number },
    entries: { from: entries - batch.entries, to: entries },
  }
  const source = { workspaceId, actorId: await platformActor(client, workspaceId, AUDIT), at: now, requestId: null }
  const record = { operation: 'DELETED' as const, type: 'AuditEntry', recordId, version: 0, changes, plugin: AUDIT }
  await appendAuditRecords(client, source, [record])
}
