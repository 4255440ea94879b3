/**
 * Kinds of writes in the log of a workspace. The audit contains other operations as well, such as reads and sign-ins.
 */
export const CHANGE_OPERATIONS = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED'] as const

/** One of {@link CHANGE_OPERATIONS}. */
export type ChangeOperation = (typeof CHANGE_OPERATIONS)[number]

/** A write as it is appended to the log of the workspace and to the audit. */
export interface LogEntry {
  readonly operation: ChangeOperation
  /** Name of the record's object, such as `Account`. */
  readonly type: string
  /** uuid of the record. */
  readonly recordId: string
  /** Version of the record after this write. */
  readonly version: number
  /**
   * Old and new value (`from`, `to`) of each changed field, by field name, in the form in which clients write values.
   */
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  /** Id of the plugin whose code did the write; absent when the caller or a module of core did it. */
  readonly plugin?: string
}
