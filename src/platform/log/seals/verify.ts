import type { Pool, PoolClient } from 'pg'
import { BrokenChainError, type ChainState, checkChain, type Seal } from './chain.ts'
import { readEntries, readPruned, readSeals, SEALED_WITHIN } from './chain-reads.ts'

/** What became of checking one workspace's audit. */
export interface Verdict extends ChainState {
  readonly workspace: string
  /** Entries that are not sealed yet. */
  readonly unsealed: number
  /** Number of the seal with the hash that was expected; null where it was not among them, or none was. */
  readonly expectedSeal: number | null
  /** The first thing that doesn't fit, or null. */
  readonly fault: string | null
}

/** Which audits to check. */
export interface VerifyOptions {
  /** Slug of the only workspace to check; all of them when absent. */
  readonly workspace?: string
  /** Hash of a seal, in hexadecimal, that was kept elsewhere. */
  readonly expect?: string
}

/**
 * Checks the seals of the audit against its entries, workspace by workspace, in constant memory. What is written meanwhile is
 * not seen: each check sees the database of one moment.
 */
export async function* verifyAudit(ownerPool: Pool, options: VerifyOptions = {}): AsyncGenerator<Verdict> {
  const { rows } = await ownerPool.query<{ id: string; slug: string }>(
    'select id, slug from workspaces where $1::text is null or slug = $1 order by slug',
    [options.workspace ?? null],
  )
  for (const { id, slug } of rows) {
    const client = await ownerPool.connect()
    try {
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
    checkPruned(await readPruned(client, workspaceId), { seals: chain.prunedSeals, entries: prunedEntries })
    unsealed = await countUnsealed(client, entries)
  } catch (error) {
    if (!(error instanceof BrokenChainError)) throw error
    return { ...state, unsealed, expectedSeal, fault: error.message }
  }
  return { ...state, unsealed, expectedSeal, fault: null }
}

interface Counts {
  readonly seals: number
  readonly entries: number
}

function checkPruned(told: Counts | null, found: Counts): void {
  const { seals, entries } = told ?? { seals: 0, entries: 0 }
  if (seals === found.seals && entries === found.entries) return
  throw new BrokenChainError(
    `The audit itself tells that ${entries} entries of ${seals} seals were deleted because they are kept no longer, and the seals tell of ${found.entries} entries of ${found.seals} seals.`,
  )
}

/**
 * Counts what is left behind the last seal. What others' seals have passed, or is yet to come, was not written by Rapport; and
 * what could have been sealed for minutes would have been, if a server had run.
 */
async function countUnsealed(client: PoolClient, entries: Awaited<ReturnType<typeof readEntries>>): Promise<number> {
  const { rows } = await client.query<{ sealedTo: string; horizon: string; next: string }>(
    `select coalesce(max(to_xid), 0)::text as "sealedTo", pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
       pg_snapshot_xmax(pg_current_snapshot())::text as next from audit_seals`,
  )
  const [sealedTo, next] = [BigInt(rows[0]?.sealedTo ?? 0), BigInt(rows[0]?.next ?? 0)]
  const horizon = BigInt(rows[0]?.horizon ?? 0)
  const late = { count: 0, first: '' }
  const count = await entries.upTo(MAX_XID, ({ id, xid, isOld }) => {
    if (xid < sealedTo)
      throw new BrokenChainError(
        `The entry ${id} of transaction ${xid} is in no seal, and everything before transaction ${sealedTo} was sealed: its seal was removed, or it was added later.`,
      )
    if (xid >= next)
      throw new BrokenChainError(
        `The entry ${id} is of transaction ${xid}, which has not begun: it was not written by Rapport, or the database was restored into another cluster.`,
      )
    // A transaction that is still running holds up the sealing of everything behind it.
    if (!isOld || xid >= horizon) return
    late.first ||= id
    late.count++
  })
  if (late.count === 0) return count
  throw new BrokenChainError(
    `Entries that are older than ${SEALED_WITHIN} minutes are in no seal (${late.count}; the first is ${late.first}). Either no server has run since they were written, or could seal, which its log would tell: then rapport audit seal seals them. Or seals were removed: then seal nothing, and look by --expect for a hash that was kept elsewhere. Where a transaction of minutes has only just ended, verify again.`,
  )
}

const MAX_XID = 2n ** 63n
