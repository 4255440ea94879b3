import type { LogEntry } from './change.ts'
import type { PluginContext } from './plugin-context.ts'

/** A committed write, as a handler is told of it. */
export interface HandledChange {
  /** Position in the workspace's log: the same for each delivery, so it makes effects outside the database idempotent. */
  readonly cursor: string
  readonly at: Date
  readonly operation: LogEntry['operation']
  /** Object, such as `Account`. */
  readonly type: string
  /** Kind of a record of an abstract object, such as `CALL` of an `Interaction`; null for any other. */
  readonly kind: string | null
  /** uuid */
  readonly recordId: string
  /** uuid of who wrote it. */
  readonly actorId: string
  /** Fields whose value was changed: input fields, and those that only acts move, such as `status`. */
  readonly changedFields: readonly string[]
}

/**
 * What a plugin does about committed changes. A handler sees every change that it names, in the order of the log, from the
 * moment the plugin is enabled in the workspace. What it writes and its place in the log are committed together, so inside
 * the database each change has its effect exactly once; an effect outside may happen twice and has to be idempotent. A
 * change it fails on is tried again, later and later, and holds up those after it; after 12 failures it is set aside and
 * told in `plugins`. What the plugin's own handlers and jobs wrote is no news to it and passed over; what its rules wrote
 * for a user is told. While the plugin is in quarantine changes wait for it; while it is disabled they pass.
 */
export interface Handler {
  /** `<plugin id>.<name>`. Its place in the log is kept under this name. */
  readonly name: string
  readonly description: string
  readonly on: {
    /** Objects whose changes it sees. */
    readonly types: readonly string[]
    /** All of them when absent. */
    readonly operations?: readonly LogEntry['operation'][]
  }
  /** Has 30 seconds. Changes that lie together may share a transaction. */
  handle(change: HandledChange, context: PluginContext): Promise<void>
}

export function defineHandler(handler: Handler): Handler {
  return handler
}
