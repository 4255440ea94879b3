/** Writes that the log holds. The audit has further operations, such as reads and sign-ins. */
export const CHANGE_OPERATIONS = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED'] as const

/** One of {@link CHANGE_OPERATIONS}. */
export type ChangeOperation = (typeof CHANGE_OPERATIONS)[number]

/** A write as it is appended to the log of the workspace and to the audit. */
export interface LogEntry {
  readonly operation: ChangeOperation
  /** Object, such as `Account`. */
  readonly type: string
  /** uuid */
  readonly recordId: string
  /** Version of the record after this write. */
  readonly version: number
  /** Old and new values by field. */
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  /** Id of the plugin whose code did the write for the caller; absent when no plugin's code did it. */
  readonly plugin?: string
}
