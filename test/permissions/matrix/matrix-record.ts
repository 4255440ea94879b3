import type { RecordShape } from './schema.ts'

/**
 * Whose a record is: `own` the caller's, `mates` that of a person in the caller's team, `below` that of a person with
 * a role below the caller's. The others belong to a stranger: those of `teams` are assigned to the caller's team and
 * those of `granted` are shared with the caller. `spare` records are created first, for others to refer to.
 */
export const KINDS = ['own', 'mates', 'teams', 'below', 'granted', 'spare', 'foreign'] as const
export type Kind = (typeof KINDS)[number]

/** A record of the fixture, with the texts by which its values are found in an answer. */
export interface MatrixRecord {
  readonly shape: RecordShape
  readonly kind: Kind
  readonly id: string
  readonly uuid: string
  /** By path of the input: the texts by which values that only this record has are found in an answer. */
  readonly canaries: ReadonlyMap<string, string>
  /** The values that only it has, by path of the input. */
  readonly values: ReadonlyMap<string, unknown>
  /** Whether it is shared with the caller, for reading. */
  isShared: boolean
}
