/** Operations of the log that are writes to a record. The audit has others beside them. */
export const CHANGE_OPERATIONS = ['CREATED', 'UPDATED', 'DELETED', 'RESTORED'] as const

/** One of {@link CHANGE_OPERATIONS}. */
export type ChangeOperation = (typeof CHANGE_OPERATIONS)[number]

/** A write to be told: in the workspace's log and in the audit. */
export interface LogEntry {
  readonly operation: ChangeOperation
  /** Object name. */
  readonly type: string
  readonly recordId: string
  /** Version since this write. */
  readonly version: number
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
  /** Plugin whose code wrote it for the caller. */
  readonly plugin?: string
}
