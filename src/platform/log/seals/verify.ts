import type { Pool, PoolClient } from 'pg'
import { BrokenChainError, type ChainState, checkChain, type Seal } from './chain.ts'
import { readEntries, readPruneTotals, readSeals, SEALED_WITHIN } from './chain-reads.ts'

/** The result of checking one workspace's audit. */
export interface Verdict extends ChainState {
  readonly workspace: string
  /** Number of entries that are not sealed yet. */
  readonly unsealed: number
  /** Number of the seal with the expected hash; null when no seal has it, or no hash was expected. */
  readonly expectedSeal: number | null
  /** What is wrong: the first seal or entry that doesn't fit; null when everything fits. */
  readonly fault: string | null
}

/** Which audits to check. */
export interface VerifyOptions {
  /** Slug of the only workspace to check. Default: all workspaces. */
  readonly workspace?: string
  /**
   * Hash, in hexadecimal, that was stored outside the database and that a seal should have. Default: no hash is looked
   * for.
   */
  readonly expect?: string
}

/**
 * Checks the seals of the audit against its entries, workspace by workspace, in constant memory. Each check reads one
 * snapshot of the database, so it does not see what is written meanwhile.
 */
export async function* verifyAudit(ownerPool: Pool, options: VerifyOptions = {}): AsyncGenerator<Verdict> {
  const { rows } = await ownerPool.query<{ id: string; slug: string }>(
    'select id, slug from workspaces where $1::text is null or slug = $1 order by slug',
    [options.workspace ?? null],
  )
  for (const { id, slug } of rows) {
    const client = await ownerPool.connect()
    try {
      // With the fraction 1 PostgreSQL plans the cursors for reading all rows, not for the first rows.
      await client.query('begin isolation level repeatable read read only; set local cursor_tuple_fraction = 1')
      yield { workspace: slug, ...(await verifyWorkspace(client, id, options.expect?.toLowerCase())) }
    } finally {
      await client.query('rollback').catch(() => undefined)
      client.release()
    }
  }
}

async function verifyWorkspace(
  client: PoolClient,
  workspaceId: string,
  expect: string | undefined,
): Promise<Omit<Verdict, 'workspace'>> {
  let state: ChainState = { seals: 0, prunedSeals: 0, entries: 0, newestHash: null }
  let [unsealed, expectedSeal] = [0, null as number | null]
  const onSeal = (seal: Seal) => {
    if (seal.hash === expect) expectedSeal = seal.number
  }
  try {
    const entries = await readEntries(client, workspaceId)
    const { prunedEntries, ...chain } = await checkChain(readSeals(client, workspaceId), entries, onSeal)
    state = chain
    checkPruned(await readPruneTotals(client, workspaceId), { seals: chain.prunedSeals, entries: prunedEntries })
    unsealed = await countUnsealed(client, entries)
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error
    return { ...state, unsealed, expectedSeal, fault: error.message }
  }
  return { ...state, unsealed, expectedSeal, fault: null }
}

interface PruneTotals {
  readonly seals: number
  readonly entries: number
}

/** Throws BrokenChainError unless the audit entries about pruning agree with the seals that are marked as pruned. */
function checkPruned(recorded: PruneTotals | null, marked: PruneTotals): void {
  const { seals, entries } = recorded ?? { seals: 0, entries: 0 }
  if (seals === marked.seals && entries === marked.entries) return
  throw new BrokenChainError(
    `The audit records that ${entries} entries of ${seals} seals were deleted at the end of their retention, and the seals are marked for ${marked.entries} entries of ${marked.seals} seals.`,
  )
}

/**
 * Counts the entries after the workspace's last seal.
 * @throws BrokenChainError at an entry that should be in a seal, because its transaction is below the end of the newest
 * seal of any workspace, or because a running server would have sealed it minutes ago; and at an entry that Rapport did
 * not write, because its transaction has not begun
 */
async function countUnsealed(client: PoolClient, entries: Awaited<ReturnType<typeof readEntries>>): Promise<number> {
  const { rows } = await client.query<{ sealedTo: string; horizon: string; next: string }>(
    `select coalesce(max(to_xid), 0)::text as "sealedTo", pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
       pg_snapshot_xmax(pg_current_snapshot())::text as next from audit_seals`,
  )
  const [sealedTo, next] = [BigInt(rows[0]?.sealedTo ?? 0), BigInt(rows[0]?.next ?? 0)]
  const horizon = BigInt(rows[0]?.horizon ?? 0)
  const late = { count: 0, first: '' }
  const count = await entries.readUpTo(MAX_XID, ({ id, xid, isOld }) => {
    if (xid < sealedTo)
      throw new BrokenChainError(
        `The entry ${id} of transaction ${xid} is in no seal, and everything before transaction ${sealedTo} was sealed: its seal was removed, or the entry was added later.`,
      )
    if (xid >= next)
      throw new BrokenChainError(
        `The entry ${id} is of transaction ${xid}, which has not begun: it was not written by Rapport, or the database was restored into another cluster.`,
      )
    // A transaction that is still running delays the sealing of everything after it.
    if (!isOld || xid >= horizon) return
    late.first ||= id
    late.count++
  })
  if (late.count === 0) return count
  throw new BrokenChainError(
    `Entries that are older than ${SEALED_WITHIN} minutes are in no seal (${late.count}; the first is ${late.first}). If no server has run since they were written, or the log of the server shows that it could not seal, run rapport audit seal. If seals were removed, do not seal: run rapport audit verify --expect with a hash that was kept outside the database. If a transaction that took minutes has only just ended, verify again.`,
  )
}

/** Above every transaction id. */
const MAX_XID = 2n ** 63n
