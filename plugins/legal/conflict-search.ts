import { type InputValues, type PluginContext, sql } from 'rapport/plugin'

/** A record or party that may be somebody who is looked for. */
export interface Hit extends Record<string, unknown> {
  /** uuid of the party in another matter, by which the hit is waived; null where there is no other matter. */
  readonly conflictId: string | null
  /** Whether it stands in the way of the matter: it is on the other side there, seen from here. */
  readonly isConflict: boolean
}

const MAX_NAMES = 25

export const searchFields = {
  names: { type: 'String', isList: true, description: 'Names of people or organisations; 25 at most.' },
  contactIds: { type: 'ID', isList: true, description: 'People.' },
  accountIds: { type: 'ID', isList: true, description: 'Organisations.' },
  matterId: { type: 'ID', description: 'A matter, for its parties.' },
} as const
type Search = InputValues<typeof searchFields>

/**
 * Looks through the whole workspace, whatever the caller may see, for what a client names: conflicts first. It is complete
 * where all ids were found: those that are unknown or hidden are not looked for.
 */
export async function checkConflicts({ records, transaction }: PluginContext, search: Search) {
  const names = search.names ?? []
  let isComplete = names.length <= MAX_NAMES
  const visible = async (object: string, ids: readonly string[]) => {
    const found = ids.length > 0 ? await records.find(object, { ids, first: 1_000 }) : []
    isComplete &&= found.length === new Set(ids).size
    return found.map(({ id }) => String(id))
  }
  const contactIds = await visible('Contact', search.contactIds ?? [])
  const accountIds = await visible('Account', search.accountIds ?? [])
  const [matterId = null] = await visible('Matter', search.matterId ? [search.matterId] : [])
  const hits = await transaction.query<Hit>(
    sql`select party as "conflictId", reason, score, is_conflict as "isConflict", searched, matter,
          case when type <> 'Party' then jsonb_build_object('type', type, 'id', id) end as record
        from legal_conflicts(${transaction.workspaceId}::uuid, ${matterId}::uuid, ${contactIds}::uuid[],
          ${accountIds}::uuid[], ${names.slice(0, MAX_NAMES)}::text[])`,
  )
  return { names, matterId, hits, isComplete }
}

export type ConflictCheck = Omit<Awaited<ReturnType<typeof checkConflicts>>, 'isComplete'>
