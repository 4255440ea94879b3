import { type InputValues, type PluginContext, sql } from 'rapport/plugin'

/** A record or party that the check found. */
export interface Hit extends Record<string, unknown> {
  /** uuid of the party in another matter, which identifies the hit in a waiver; null when there is no other matter. */
  readonly conflictId: string | null
  /** Whether the party of the other matter is, or may be, on the opposite side. Then the hit has to be waived. */
  readonly isConflict: boolean
}

const MAX_NAMES = 25

export const searchFields = {
  names: { type: 'String', isList: true, description: 'Names of people or organisations to check, at most 25.' },
  contactIds: { type: 'ID', isList: true, description: 'Contacts to check.' },
  accountIds: { type: 'ID', isList: true, description: 'Accounts to check.' },
  matterId: { type: 'ID', description: 'The matter whose parties to check.' },
} as const
type Search = InputValues<typeof searchFields>

/**
 * Searches the whole workspace, regardless of what the caller may see, for conflicts with the names and records that the
 * caller sends. Ignores names after the 25th, and ids of records that do not exist or are not visible to the caller.
 *
 * @returns the hits, conflicts first. `isComplete` is false when an id or a name was ignored.
 */
export async function checkConflicts({ records, transaction, unrestricted }: PluginContext, search: Search) {
  const names = search.names ?? []
  let isComplete = names.length <= MAX_NAMES
  const visibleIds = async (object: 'Contact' | 'Account' | 'Matter', ids: readonly string[]) => {
    const rows = ids.length > 0 ? await records.find(object, { ids, first: 1_000 }) : []
    isComplete &&= rows.length === new Set(ids).size
    return rows.map(({ id }) => id)
  }
  const contactIds = await visibleIds('Contact', search.contactIds ?? [])
  const accountIds = await visibleIds('Account', search.accountIds ?? [])
  const [matterId = null] = await visibleIds('Matter', search.matterId ? [search.matterId] : [])
  // A conflict has to be found whoever searches. The records of a hit are null for a caller who may not see them.
  const hits = await unrestricted.query<Hit>(
    sql`select party as "conflictId", reason, score, is_conflict as "isConflict", searched, matter,
          case when type <> 'Party' then jsonb_build_object('type', type, 'id', id) end as record
        from legal_conflicts(${transaction.workspaceId}::uuid, ${matterId}::uuid, ${contactIds}::uuid[],
          ${accountIds}::uuid[], ${names.slice(0, MAX_NAMES)}::text[])`,
  )
  return { names, matterId, hits, isComplete }
}

export type ConflictCheck = Omit<Awaited<ReturnType<typeof checkConflicts>>, 'isComplete'>
