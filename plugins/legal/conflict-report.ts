import { defineObject, mustSucceed, type OperationPayloadField, type PluginContext } from 'rapport/plugin'
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
    description: 'A record or party that a conflict check found. Records that are not visible to the caller are null.',
    fields: {
      conflictId: {
        type: 'ID',
        isNullable: true,
        description:
          'Id to send to `openMatter` to waive the conflict; null when the hit is a party of no other matter.',
      },
      reason: {
        description: 'Reason for the hit.',
        type: {
          name: 'ConflictReason',
          description: 'Reason for a hit of a conflict check.',
          values: {
            SAME_RECORD: 'The same record is a party of another matter.',
            NAME: 'The name or an alternate name of the record or party is similar to a searched name.',
            RELATIONSHIP: 'The record has a relationship with a record that matches.',
            HIERARCHY: 'The record is an account above or below an account that matches.',
          },
        },
      },
      score: { type: 'Float', description: 'How certain the match is, from 0 to 1.' },
      isConflict: {
        type: 'Boolean',
        description:
          'Whether the party of the other matter is, or may be, on the opposite side. If so, `openMatter` requires a waiver.',
      },
      searched: {
        type: 'String',
        isNullable: true,
        description:
          'The searched name by which the hit was found; null when the hit was found by a searched contact or account.',
      },
      record: {
        type: 'Party',
        isNullable: true,
        description:
          'The contact or account; null when the party is only a name, or the record is not visible to the caller.',
      },
      matter: {
        type: 'Matter',
        isNullable: true,
        description:
          'The other matter; null when there is no other matter, or when the matter is not visible to the caller.',
      },
      waiver: {
        type: 'String',
        isNullable: true,
        description: 'Reason for the waiver; null when the hit is not waived.',
      },
    },
  },
}

/**
 * Stores a conflict check.
 * @param decision The version of the matter that is opened, and a note; empty when the check does not open a matter.
 * @returns the uuid of the report.
 */
export async function storeReport(
  { records }: PluginContext,
  check: ConflictCheck,
  decision: { readonly version?: number; readonly note?: string | null | undefined } = {},
): Promise<string> {
  const stored = await records.insert('ConflictReport', {
    matterId: check.matterId,
    names: check.names,
    hits: check.hits,
    hitCount: check.hits.length,
    conflictCount: check.hits.filter(({ isConflict }) => isConflict).length,
    matterVersion: decision.version,
    note: decision.note,
  })
  return mustSucceed(stored).id
}
