import { defineObject, type OperationPayloadField, type PluginContext, sql } from 'rapport/plugin'
import type { ConflictCheck } from './conflict-search.ts'

/** A stored conflict check. Only `saveConflictCheck` and `openMatter` create one. */
export const conflictReport = defineObject({
  model: 'ConflictReport',
  prefix: 'conflicts',
  plural: 'conflictReports',
  columns: { names: {}, hitCount: {}, conflictCount: {}, matterVersion: {}, note: {} },
  relations: { matter: {} },
})

export const hits: OperationPayloadField = {
  isList: true,
  description: 'Hits of the check, conflicts first.',
  type: {
    name: 'ConflictHit',
    description: 'A record or party that a conflict check found. Records that are not visible to you are null.',
    fields: {
      conflictId: {
        type: 'ID',
        isNullable: true,
        description: 'Id by which the conflict is waived; null when the hit is in no other matter.',
      },
      reason: {
        description: 'Reason for the hit.',
        type: {
          name: 'ConflictReason',
          description: 'Reason for a hit of a conflict check.',
          values: {
            SAME_RECORD: 'The same record is a party of another matter.',
            NAME: 'It has or had a similar name.',
            RELATIONSHIP: 'It has a relationship with a match.',
            HIERARCHY: 'It is a parent or child organisation of a match.',
          },
        },
      },
      score: { type: 'Float', description: 'Certainty, from 0 to 1.' },
      isConflict: { type: 'Boolean', description: 'Whether the sides are opposed. A conflict has to be waived.' },
      searched: {
        type: 'String',
        isNullable: true,
        description: 'The name that found it; null when it was found by a record.',
      },
      record: {
        type: 'Party',
        isNullable: true,
        description: 'The contact or account; null when the party is only a name, or the record is not visible to you.',
      },
      matter: {
        type: 'Matter',
        isNullable: true,
        description: 'The other matter; null without one, or when it is not visible to you.',
      },
      waiver: { type: 'String', isNullable: true, description: 'Reason of the waiver.' },
    },
  },
}

/**
 * Stores a conflict check, with the decision to open the matter if one was made.
 * @returns the uuid of the report.
 */
export async function storeReport(
  { transaction, actor, now, newId }: PluginContext,
  check: ConflictCheck,
  decision: { readonly version?: number; readonly note?: string | null | undefined } = {},
): Promise<string> {
  const id = newId()
  const conflicts = check.hits.filter(({ isConflict }) => isConflict)
  await transaction.query(sql`insert into legal_conflict_checks
      (workspace_id, id, matter_id, names, hits, hit_count, conflict_count, matter_version, note, created_at, created_by_id)
    values (${transaction.workspaceId}::uuid, ${id}::uuid, ${check.matterId}::uuid, ${check.names}::text[],
      ${JSON.stringify(check.hits)}::jsonb, ${check.hits.length}::int, ${conflicts.length}::int,
      ${decision.version ?? null}::int, ${decision.note ?? null}, ${now}::timestamptz, ${actor.id}::uuid)`)
  return id
}
