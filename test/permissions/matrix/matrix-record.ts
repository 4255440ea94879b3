import type { RecordShape } from './schema.ts'

/** Whose a record is, seen from the caller whose rights are tried. */
export const KINDS = ['own', 'mates', 'teams', 'below', 'granted', 'spare', 'foreign'] as const
export type Kind = (typeof KINDS)[number]

/** A record that was made, with the texts by which its values are found in an answer. */
export interface MatrixRecord {
  readonly shape: RecordShape
  readonly kind: Kind
  readonly id: string
  readonly uuid: string
  /** By path of the input. */
  readonly canaries: ReadonlyMap<string, string>
  /** The values that only it has, by path of the input. */
  readonly values: ReadonlyMap<string, unknown>
  /** Whether it is shared with the caller, to read. */
  isShared: boolean
}
