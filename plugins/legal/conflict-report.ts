import { defineObject, type OperationPayloadField, type PluginContext, sql } from 'rapport/plugin'
import type { ConflictCheck } from './conflict-search.ts'

/** A conflict check that was kept. Nobody writes it but `saveConflictCheck` and `openMatter`. */
export const conflictReport = defineObject({
  model: 'ConflictReport',
  prefix: 'conflicts',
  plural: 'conflictReports',
  columns: { names: {}, hitCount: {}, conflictCount: {}, matterVersion: {}, note: {} },
  relations: { matter: {} },
})

export const hits: OperationPayloadField = {
  isList: true,
  description: 'What was found, conflicts first.',
  type: {
    name: 'ConflictHit',
    description:
      'Something that a conflict check found. Of what is hidden from you it tells that it is there, and no more.',
    fields: {
      conflictId: { type: 'ID', isNullable: true, description: 'By which it is waived; null without another matter.' },
      reason: {
        description: 'Why it is a hit.',
        type: {
          name: 'ConflictReason',
          description: 'Why something is a hit of a conflict check.',
          values: {
            SAME_RECORD: 'It is the record itself, in another matter.',
            NAME: 'It has a name like it, or had one.',
            RELATIONSHIP: 'It has a relationship with it.',
            HIERARCHY: 'It is an organisation above or below it.',
          },
        },
      },
      score: { type: 'Float', description: 'How sure it is, from 0 to 1.' },
      isConflict: { type: 'Boolean', description: 'Whether the sides are opposed, so that it has to be waived.' },
      searched: { type: 'String', isNullable: true, description: 'Name it was found by, where one was typed.' },
      record: { type: 'Party', isNullable: true, description: 'Who was found; null for a mere name and when hidden.' },
      matter: { type: 'Matter', isNullable: true, description: 'Other matter; null without one and when hidden.' },
      waiver: { type: 'String', isNullable: true, description: 'Why it was waived.' },
    },
  },
}

/** Keeps what was found, and what was decided on it where something was. Answers the report's uuid. */
export async function keepReport(
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
