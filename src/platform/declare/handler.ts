import type { LogEntry } from './change.ts'
import type { PluginContext } from './plugin-context.ts'

/** A committed write, as it is delivered to a handler. */
export interface HandledChange {
  /**
   * Position in the workspace's log. It is the same in each delivery of the change: use it as an idempotency key for
   * effects outside the database.
   */
  readonly cursor: string
  /** When the write happened. */
  readonly at: Date
  readonly operation: LogEntry['operation']
  /** Object, such as `Account`. */
  readonly type: string
  /** Variant of a record of an abstract object, such as `CALL` of an `Interaction`; null for any other object. */
  readonly kind: string | null
  /** uuid */
  readonly recordId: string
  /** uuid of the actor who did the write. */
  readonly actorId: string
  /**
   * Names of the fields whose value changed: fields of the object's inputs, and fields that only business acts change,
   * such as `status`.
   */
  readonly changedFields: readonly string[]
}

/**
 * Code of a plugin that runs for committed changes. A handler gets every change that matches `on`, in the order of the
 * log, beginning when the plugin is enabled in the workspace.
 *
 * Its writes and its position in the log are committed together, so that each change has its effect in the database
 * exactly once. An effect outside the database may happen twice and has to be idempotent.
 *
 * When it throws, nothing of it is written and the change is tried again, after a delay that doubles from 1 second up
 * to 1 hour; later changes wait meanwhile. After 12 failures the change is set aside as a dead letter, which
 * `plugins { handlers { deadLetterCount lastError } }` shows. Such a failure is not a strike.
 *
 * It does not get the changes that the plugin's own handlers, jobs and seeds wrote, but gets those that the plugin's
 * rules wrote for a user. While the plugin is in quarantine, changes wait for it; while it is disabled, they are
 * skipped.
 */
export interface Handler {
  /** `<plugin id>.<name>`. The handler's position in the log is stored under this name: never change it. */
  readonly name: string
  readonly description: string
  readonly on: {
    /** Objects whose changes the handler gets, such as `['Account']`. */
    readonly types: readonly string[]
    /** Operations that the handler gets. Default: all. */
    readonly operations?: readonly LogEntry['operation'][]
  }
  /** Handles one change, in at most 30 seconds. Several changes may be handled in one transaction. */
  handle(change: HandledChange, context: PluginContext): Promise<void>
}

/** Declares a handler, for `handlers` of a plugin. */
export function defineHandler(handler: Handler): Handler {
  return handler
}
