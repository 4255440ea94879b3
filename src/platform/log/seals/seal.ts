import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { ENTRY_HASH, LOCK_CLASS, NO_HASH, SEAL_HEADER, SEAL_LOCK } from './entry-hash.ts'

/** One statement seals whole transactions, up to the transaction with which it exceeds this number of entries. */
const MAX_ENTRIES = 10_000

/** A seal that was just created. */
export interface NewSeal {
  /** uuid */
  readonly workspaceId: string
  readonly number: number
  readonly entryCount: number
  /** SHA-256 in hexadecimal. */
  readonly hash: string
}

/** The result of one round of sealing, which is for all workspaces. */
export interface SealingRound {
  readonly seals: readonly NewSeal[]
  /** Id of the transaction (xid) below which everything is sealed now. */
  readonly sealedTo: string
  /** Whether more entries can be sealed immediately. */
  readonly hasMore: boolean
}

/**
 * Thrown when the seals name transactions that this PostgreSQL cluster has not had yet: the database was restored from
 * another cluster.
 */
export class ForeignSealsError extends Error {
  override readonly name = 'ForeignSealsError'
}

/**
 * Seals what was committed, for all workspaces, with one statement: each workspace with new entries gets a seal.
 * Returns null when another node is sealing and `waitsForLock` is not set.
 * @param sealedTo `sealedTo` of the previous round; with null it is read from the existing seals
 * @throws ForeignSealsError when the existing seals are of another cluster, so that nothing can be sealed in this
 * cluster
 */
export async function sealAudit(
  ownerPool: Pool,
  sealedTo: string | null = null,
  { waitsForLock = false }: { readonly waitsForLock?: boolean } = {},
): Promise<SealingRound | null> {
  return ownerTransaction(ownerPool, async (client) => {
    if (!(await acquireSealLock(client, waitsForLock))) return null
    const from = sealedTo ?? (await sealedSoFar(client))
    const { rows } = await client.query<SealRow>({
      name: 'audit-seal',
      text: SEAL,
      values: [from, MAX_ENTRIES],
    })
    const bounds = rows[0]
    if (!bounds) throw new Error('The statement that seals returned no row.')
    if (BigInt(bounds.horizon) < BigInt(from))
      throw new ForeignSealsError(
        `The audit is sealed up to transaction ${from}, and this PostgreSQL cluster is only at transaction ${bounds.horizon}: the database was restored into another cluster. Its new entries can't be sealed; keep the newest hash and the dump.`,
      )
    return {
      seals: rows.flatMap(({ seal }) => (seal === null ? [] : [seal])),
      sealedTo: bounds.upTo,
      hasMore: BigInt(bounds.upTo) < BigInt(bounds.horizon),
    }
  })
}

/**
 * Seals everything that was committed. Returns the number of sealed entries, and of the workspaces with such entries.
 */
export async function sealAll(ownerPool: Pool): Promise<{ readonly entries: number; readonly workspaces: number }> {
  const workspaces = new Set<string>()
  let entries = 0
  let sealedTo: string | null = null
  for (let hasMore = true; hasMore; ) {
    const round: SealingRound | null = await sealAudit(ownerPool, sealedTo, { waitsForLock: true })
    if (!round) throw new Error('Sealing returned nothing although it waits for the lock.')
    for (const seal of round.seals) {
      workspaces.add(seal.workspaceId)
      entries += seal.entryCount
    }
    hasMore = round.hasMore
    sealedTo = round.sealedTo
  }
  return { entries, workspaces: workspaces.size }
}

/**
 * A row of SEAL. `upTo` and `horizon` are the same in every row. Without a new seal there is one row, whose `seal` is
 * null.
 */
interface SealRow {
  readonly upTo: string
  readonly horizon: string
  readonly seal: NewSeal | null
}

/** Acquires the lock for sealing. Returns false when another node has it and the caller does not wait. */
async function acquireSealLock(client: PoolClient, waits: boolean): Promise<boolean> {
  if (waits) {
    await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, SEAL_LOCK])
    return true
  }
  const { rows } = await client.query<{ isTaken: boolean }>('select pg_try_advisory_xact_lock($1, $2) as "isTaken"', [
    LOCK_CLASS,
    SEAL_LOCK,
  ])
  return rows[0]?.isTaken === true
}

/**
 * Reads `sealedTo` from the seals: the end of the newest seal of any workspace. A round seals all workspaces, so
 * everything below this transaction is sealed.
 */
async function sealedSoFar(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ sealedTo: string }>(
    `select coalesce(max(tip.to_xid), 0)::text as "sealedTo" from workspaces w
     cross join lateral (select to_xid from audit_seals where workspace_id = w.id order by number desc limit 1) tip`,
  )
  return rows[0]?.sealedTo ?? '0'
}

/**
 * Seals the entries of all transactions below the horizon, the oldest transaction that is still running: the entries of
 * ended transactions are complete. A round ends with a whole transaction: otherwise the next round would find half of
 * the transaction's entries sealed.
 * Parameters: `sealedTo`, MAX_ENTRIES.
 */
const SEAL = `
with bounds as materialized (
  select horizon, least(horizon, (
      select xid + 1 from audit_entries where xid >= $1::bigint and xid < horizon order by xid offset $2::int limit 1
    )) as up_to
  from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon) now
), fresh as materialized (
  select e.workspace_id, e.xid, e.id, ${ENTRY_HASH} as hash
  from audit_entries e where e.xid >= $1::bigint and e.xid < (select up_to from bounds)
), tips as (
  select f.workspace_id, coalesce(tip.number, 0) as number, coalesce(tip.to_xid, 0) as to_xid, coalesce(tip.hash, '${NO_HASH}') as hash
  from (select distinct workspace_id from fresh) f
  left join lateral (
    select number, to_xid, hash from audit_seals a where a.workspace_id = f.workspace_id order by number desc limit 1
  ) tip on true
), s as (
  select t.workspace_id, t.number + 1 as number, t.to_xid as from_xid, (select up_to from bounds) as to_xid,
    count(*)::int as entry_count, t.hash as previous_hash, date_trunc('milliseconds', now()) as sealed_at,
    string_agg(f.hash, ''::bytea order by f.xid, f.id) as hashes
  from tips t join fresh f on f.workspace_id = t.workspace_id and f.xid >= t.to_xid
  group by t.workspace_id, t.number, t.to_xid, t.hash
), created as (
  insert into audit_seals (workspace_id, number, from_xid, to_xid, entry_count, previous_hash, hash, sealed_at)
  select workspace_id, number, from_xid, to_xid, entry_count, previous_hash,
    encode(sha256(convert_to(${SEAL_HEADER}, 'UTF8') || hashes), 'hex'), sealed_at
  from s
  returning workspace_id, number, entry_count, hash
)
select b.up_to::text as "upTo", b.horizon::text as horizon, case when m.number is not null then
  jsonb_build_object('workspaceId', m.workspace_id, 'number', m.number, 'entryCount', m.entry_count, 'hash', m.hash) end as seal
from bounds b left join created m on true`
