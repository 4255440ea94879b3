import { createHash, type Hash } from 'node:crypto'
import { NO_HASH } from './entry-hash.ts'

/** A seal as it stands in the database. */
export interface Seal {
  readonly number: number
  readonly fromXid: bigint
  readonly toXid: bigint
  readonly entryCount: number
  readonly previousHash: string
  readonly hash: string
  readonly isPruned: boolean
  /** What its hash begins with. */
  readonly header: string
}

/** An entry of the audit: where it belongs, and the hash of its canonical text. */
export interface SealedEntry {
  readonly id: string
  readonly xid: bigint
  readonly hash: Buffer
  /** Whether it is older than sealing takes. */
  readonly isOld: boolean
}

/** What a chain was found to be. */
export interface ChainState {
  readonly seals: number
  readonly prunedSeals: number
  /** EntryReader that are as they were when they were sealed. */
  readonly entries: number
  readonly newestHash: string | null
}

/** Something that was sealed is not as it was; the message says what and where. */
export class BrokenChainError extends Error {
  override readonly name = 'BrokenChainError'
}

/**
 * Follows a workspace's seals in the order of their numbers and its entries in the order of transaction and id, both read only
 * once. Throws BrokenChainError at the first that doesn't fit.
 */
export async function checkChain(
  seals: AsyncIterable<Seal>,
  entries: EntryReader,
  onSeal: (seal: Seal) => void = () => undefined,
): Promise<ChainState & { readonly prunedEntries: number }> {
  let last: Seal | null = null
  let [count, prunedSeals, prunedEntries] = [0, 0, 0]
  for await (const seal of seals) {
    checkPlace(last, seal)
    if (seal.isPruned) {
      if (last && !last.isPruned) throw broken(seal, 'it is marked as pruned, and the one before it is not')
      const left = await entries.upTo(seal.toXid, () => undefined)
      if (left > 0) throw broken(seal, `it is marked as pruned, and entries of its transactions are there (${left})`)
      prunedSeals++
      prunedEntries += seal.entryCount
    } else count += await checkEntries(seal, entries)
    onSeal(seal)
    last = seal
  }
  return { seals: last?.number ?? 0, prunedSeals, prunedEntries, entries: count, newestHash: last?.hash ?? null }
}

/** The entries, taken from the front. */
export interface EntryReader {
  /** Takes those of transactions before this one; answers how many there were. */
  upTo(xid: bigint, take: (entry: SealedEntry) => void): Promise<number>
}

function checkPlace(last: Seal | null, seal: Seal): void {
  const number = (last?.number ?? 0) + 1
  if (seal.number !== number)
    throw new BrokenChainError(
      seal.number > number
        ? `Seal ${number} is missing: after ${last ? `seal ${last.number}` : 'nothing'} comes seal ${seal.number}.`
        : `Seal ${seal.number} is in the place of seal ${number}.`,
    )
  const fromXid = last?.toXid ?? 0n
  if (seal.fromXid !== fromXid)
    throw broken(seal, `it begins with transaction ${seal.fromXid} instead of ${fromXid}, where the one before it ends`)
  if (seal.toXid <= seal.fromXid) throw broken(seal, `it ends with transaction ${seal.toXid}, before it begins`)
  if (seal.previousHash !== (last?.hash ?? NO_HASH))
    throw broken(seal, 'the hash that it has of the one before it is not that one’s')
}

async function checkEntries(seal: Seal, entries: EntryReader): Promise<number> {
  const hash = createHash('sha256').update(seal.header)
  const count = await entries.upTo(seal.toXid, addTo(seal, hash))
  const missing = seal.entryCount - count
  if (missing > 0) throw broken(seal, `entries were removed (${missing} of ${seal.entryCount})`)
  if (missing < 0) throw broken(seal, `entries were added (${-missing} to ${seal.entryCount})`)
  if (hash.digest('hex') !== seal.hash) throw broken(seal, 'it, one of its entries, or their order was altered')
  return count
}

function addTo(seal: Seal, hash: Hash) {
  return (entry: SealedEntry) => {
    if (entry.xid < seal.fromXid)
      throw broken(seal, `the entry ${entry.id} is of transaction ${entry.xid}, which no seal is for`)
    hash.update(entry.hash)
  }
}

function broken(seal: Seal, why: string): BrokenChainError {
  return new BrokenChainError(
    `Seal ${seal.number} (transactions ${seal.fromXid} to ${seal.toXid - 1n}) does not fit: ${why}.`,
  )
}
