import { createHash, type Hash } from 'node:crypto'
import { NO_HASH } from './entry-hash.ts'

/** A seal as the database stores it. It covers the entries of the transactions `fromXid` to `toXid` - 1. */
export interface Seal {
  /** Position in the chain, from 1 on. */
  readonly number: number
  readonly fromXid: bigint
  readonly toXid: bigint
  readonly entryCount: number
  readonly previousHash: string
  readonly hash: string
  readonly isPruned: boolean
  /** The beginning of the text that was hashed (`SEAL_HEADER`). */
  readonly header: string
}

/** An audit entry: its position in the sealed order (`xid`, `id`), and the hash of its text (`ENTRY_HASH`). */
export interface SealedEntry {
  readonly id: string
  readonly xid: bigint
  readonly hash: Buffer
  /** Whether the entry is older than `SEALED_WITHIN` minutes, so that it should have been sealed. */
  readonly isOld: boolean
}

/** The result of checking a workspace's chain of seals, in which each seal contains the hash of the seal before it. */
export interface ChainState {
  readonly seals: number
  readonly prunedSeals: number
  /** Number of entries that are as they were when they were sealed. */
  readonly entries: number
  readonly newestHash: string | null
}

/** Thrown when a seal or a sealed entry was altered, added or removed; the message says which and how. */
export class BrokenChainError extends Error {
  override readonly name = 'BrokenChainError'
}

/**
 * Checks a workspace's seals, in the order of their numbers, against its entries, in the order of transaction and id.
 * Reads each seal and each entry once.
 * @throws BrokenChainError at the first seal or entry that is not as it was sealed
 */
export async function checkChain(
  seals: AsyncIterable<Seal>,
  entries: EntryReader,
  onSeal: (seal: Seal) => void = () => undefined,
): Promise<ChainState & { readonly prunedEntries: number }> {
  let previous: Seal | null = null
  let [count, prunedSeals, prunedEntries] = [0, 0, 0]
  for await (const seal of seals) {
    checkLink(previous, seal)
    if (seal.isPruned) {
      if (previous && !previous.isPruned) throw broken(seal, 'it is marked as pruned, and the seal before it is not')
      const remaining = await entries.readUpTo(seal.toXid, () => undefined)
      if (remaining > 0)
        throw broken(seal, `it is marked as pruned, and entries of its transactions still exist (${remaining})`)
      prunedSeals++
      prunedEntries += seal.entryCount
    } else count += await checkEntries(seal, entries)
    onSeal(seal)
    previous = seal
  }
  return {
    seals: previous?.number ?? 0,
    prunedSeals,
    prunedEntries,
    entries: count,
    newestHash: previous?.hash ?? null,
  }
}

/** Reads a workspace's entries forward, each of them once. */
export interface EntryReader {
  /** Reads on up to the transaction `xid`, without the entries of `xid` itself. Returns the number of entries read. */
  readUpTo(xid: bigint, onEntry: (entry: SealedEntry) => void): Promise<number>
}

/**
 * Throws BrokenChainError unless the seal follows directly after `previous`, or is the first seal when `previous` is
 * null.
 */
function checkLink(previous: Seal | null, seal: Seal): void {
  const number = (previous?.number ?? 0) + 1
  if (seal.number !== number)
    throw new BrokenChainError(
      seal.number > number
        ? `Seal ${number} is missing: after ${previous ? `seal ${previous.number}` : 'nothing'} comes seal ${seal.number}.`
        : `Seal ${seal.number} is in the place of seal ${number}.`,
    )
  const fromXid = previous?.toXid ?? 0n
  if (seal.fromXid !== fromXid)
    throw broken(
      seal,
      `it begins with transaction ${seal.fromXid} instead of ${fromXid}, where the seal before it ends`,
    )
  if (seal.toXid <= seal.fromXid) throw broken(seal, `it ends with transaction ${seal.toXid}, before it begins`)
  if (seal.previousHash !== (previous?.hash ?? NO_HASH))
    throw broken(seal, 'it does not hold the hash of the seal before it')
}

/**
 * Throws BrokenChainError unless the entries of the seal's transactions are the same as when they were sealed. Returns
 * the number of these entries.
 */
async function checkEntries(seal: Seal, entries: EntryReader): Promise<number> {
  const hash = createHash('sha256').update(seal.header)
  const count = await entries.readUpTo(seal.toXid, hashEntry(seal, hash))
  const missing = seal.entryCount - count
  if (missing > 0) throw broken(seal, `entries were removed (${missing} of ${seal.entryCount})`)
  if (missing < 0) throw broken(seal, `entries were added (${-missing} to ${seal.entryCount})`)
  if (hash.digest('hex') !== seal.hash) throw broken(seal, 'it, one of its entries, or their order was altered')
  return count
}

/** Returns a function that adds an entry to the seal's hash. */
function hashEntry(seal: Seal, hash: Hash) {
  return (entry: SealedEntry) => {
    if (entry.xid < seal.fromXid)
      throw broken(seal, `the entry ${entry.id} is of transaction ${entry.xid}, which no seal covers`)
    hash.update(entry.hash)
  }
}

function broken(seal: Seal, reason: string): BrokenChainError {
  return new BrokenChainError(
    `Seal ${seal.number} (transactions ${seal.fromXid} to ${seal.toXid - 1n}) does not fit: ${reason}.`,
  )
}
