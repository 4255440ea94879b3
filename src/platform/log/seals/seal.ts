import type { Pool, PoolClient } from 'pg'
import { ownerTransaction } from '../../data/owner-transaction.ts'
import { ENTRY_HASH, LOCK_CLASS, NO_HASH, SEAL_HEADER, SEAL_LOCK } from './entry-hash.ts'

/** Entries that one statement seals, besides those of the last transaction among them. */
const MAX_ENTRIES = 10_000

/** A seal that was made. */
export interface NewSeal {
  /** uuid */
  readonly workspaceId: string
  readonly number: number
  readonly entryCount: number
  /** SHA-256 in hexadecimal. */
  readonly hash: string
}

/** What became of one turn of sealing. */
export interface SealingRound {
  readonly seals: readonly NewSeal[]
  /** Transaction below which everything is sealed now. */
  readonly sealedTo: string
  /** Whether more entries could be sealed at once. */
  readonly isFull: boolean
}

/** The seals tell of transactions that this PostgreSQL has not had: the database was restored into another cluster. */
export class ForeignSealsError extends Error {
  override readonly name = 'ForeignSealsError'
}

/**
 * Seals what was committed, for all workspaces, by one statement: each workspace with new entries gets a seal. Answers null
 * where somebody else is sealing and `isPatient` is not set. `sealedTo` is what the last turn answered, or null for who
 * doesn't know.
 * @throws ForeignSealsError where nothing can be sealed in this cluster.
 */
export async function sealAudit(
  ownerPool: Pool,
  sealedTo: string | null = null,
  { isPatient = false }: { readonly isPatient?: boolean } = {},
): Promise<SealingRound | null> {
  return ownerTransaction(ownerPool, async (client) => {
    if (!(await takeTurn(client, isPatient))) return null
    const from = sealedTo ?? (await sealedSoFar(client))
    const { rows } = await client.query<Answer>({
      name: 'audit-seal',
      text: SEAL,
      values: [from, MAX_ENTRIES],
    })
    const bounds = rows[0]
    if (!bounds) throw new Error('SealingRound answered nothing.')
    if (BigInt(bounds.horizon) < BigInt(from))
      throw new ForeignSealsError(
        `The audit is sealed up to transaction ${from}, and this PostgreSQL has come to ${bounds.horizon} only: the database was restored into another cluster. Its new entries can't be sealed; keep the newest hash and the dump.`,
      )
    return {
      seals: rows.flatMap(({ seal }) => (seal === null ? [] : [seal])),
      sealedTo: bounds.upTo,
      isFull: BigInt(bounds.upTo) < BigInt(bounds.horizon),
    }
  })
}

/** Seals until nothing committed is left. Answers how many entries of how many workspaces that were. */
export async function sealAll(ownerPool: Pool): Promise<{ readonly entries: number; readonly workspaces: number }> {
  const workspaces = new Set<string>()
  let entries = 0
  let sealedTo: string | null = null
  for (let isFull = true; isFull; ) {
    const turn: SealingRound | null = await sealAudit(ownerPool, sealedTo, { isPatient: true })
    if (!turn) throw new Error('Nobody else seals while the lock is held.')
    for (const seal of turn.seals) {
      workspaces.add(seal.workspaceId)
      entries += seal.entryCount
    }
    isFull = turn.isFull
    sealedTo = turn.sealedTo
  }
  return { entries, workspaces: workspaces.size }
}

/** Every row has the bounds, whether or not a seal was made. */
interface Answer {
  readonly upTo: string
  readonly horizon: string
  readonly seal: NewSeal | null
}

async function takeTurn(client: PoolClient, isPatient: boolean): Promise<boolean> {
  if (isPatient) {
    await client.query('select pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, SEAL_LOCK])
    return true
  }
  const { rows } = await client.query<{ isTaken: boolean }>('select pg_try_advisory_xact_lock($1, $2) as "isTaken"', [
    LOCK_CLASS,
    SEAL_LOCK,
  ])
  return rows[0]?.isTaken === true
}

/** Each turn is for all workspaces, so nothing below the latest seal of any is left. */
async function sealedSoFar(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ sealedTo: string }>(
    `select coalesce(max(tip.to_xid), 0)::text as "sealedTo" from workspaces w
     cross join lateral (select to_xid from audit_seals where workspace_id = w.id order by number desc limit 1) tip`,
  )
  return rows[0]?.sealedTo ?? '0'
}

/**
 * No transaction below the horizon is still running: what it wrote is there, and nothing comes to it any more. A turn ends
 * with a whole transaction, or the next one would find its first half sealed.
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
), made as (
  insert into audit_seals (workspace_id, number, from_xid, to_xid, entry_count, previous_hash, hash, sealed_at)
  select workspace_id, number, from_xid, to_xid, entry_count, previous_hash,
    encode(sha256(convert_to(${SEAL_HEADER}, 'UTF8') || hashes), 'hex'), sealed_at
  from s
  returning workspace_id, number, entry_count, hash
)
select b.up_to::text as "upTo", b.horizon::text as horizon, case when m.number is not null then
  jsonb_build_object('workspaceId', m.workspace_id, 'number', m.number, 'entryCount', m.entry_count, 'hash', m.hash) end as seal
from bounds b left join made m on true`
