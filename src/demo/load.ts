import { sql } from '../platform/data/sql.ts'
import { read } from '../platform/data/transaction.ts'
import type { RequestContext } from '../platform/request/context.ts'
import { runWrites } from '../platform/writes/unit-of-work.ts'
import { generateDemo } from './generate.ts'
import { writeSlice } from './write.ts'

export interface DemoOptions {
  readonly accounts: number
  readonly seed: number
  /** The end of the two years that the data covers. */
  readonly until: Date
  /** uuids of the users to whom records are assigned. The first users get most of the records. */
  readonly users: readonly string[]
  /** Called after each transaction, with the number of accounts created so far. */
  readonly onProgress?: (accounts: number) => void
}

/** How many records were created. */
export interface DemoCounts {
  readonly accounts: number
  readonly contacts: number
  readonly interactions: number
  readonly tasks: number
}

/**
 * Adds demonstration data to the caller's workspace, through the same code as any other write. Each slice (at most 25
 * accounts, and the records that belong to them) is written in one transaction. Existing records stay unchanged;
 * domains of existing accounts are not used again.
 */
export async function loadDemo(context: RequestContext, options: DemoOptions): Promise<DemoCounts> {
  const takenDomains = await readTakenDomains(context)
  const counts = { accounts: 0, contacts: 0, interactions: 0, tasks: 0 }
  for (const slice of generateDemo({ ...options, userCount: options.users.length, takenDomains })) {
    await runWrites(context, (work) => writeSlice(work, slice, options.users))
    counts.accounts += slice.accounts.length
    counts.contacts += slice.contacts.length
    counts.interactions += slice.interactions.length
    counts.tasks += slice.tasks.length
    options.onProgress?.(counts.accounts)
  }
  return counts
}

async function readTakenDomains(context: RequestContext): Promise<Set<string>> {
  const { database } = context.runtime
  const { workspaceId } = context.actor
  const rows = await read<{ domain: string }>(
    database,
    workspaceId,
    sql`select domain from account_domains where workspace_id = ${workspaceId}::uuid and deleted_at is null`,
  )
  return new Set(rows.map(({ domain }) => domain))
}
