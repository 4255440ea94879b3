import type { LogEntry } from './change.ts'
import type { PluginContext } from './plugin-context.ts'
import type { Values } from './rules/values.ts'

/** A committed write, as the `resolve` of a subscription gets it, and a handler with `before` besides. */
export interface HandledChange {
  /**
   * Position in the workspace's log. It is the same in each delivery of the change: a handler uses it as an idempotency
   * key for effects outside the database.
   */
  readonly cursor: string
  /** When the write happened. */
  readonly at: Date
  readonly operation: LogEntry['operation']
  /** Name of the record's object, such as `Account`. */
  readonly type: string
  /** Variant of a record of an abstract object, such as `CALL` of an `Interaction`; null for any other object. */
  readonly kind: string | null
  /** uuid of the record. It may have been changed again or soft-deleted since. */
  readonly recordId: string
  /** uuid of the actor who did the write. */
  readonly actorId: string
  /**
   * Names of the fields whose value changed: fields of the object's inputs, and fields that only business acts change,
   * such as `status`.
   */
  readonly changedFields: readonly string[]
}

/** A committed write, as a handler gets it. */
export interface DeliveredChange extends HandledChange {
  /**
   * Values that the fields in `changedFields` had before the write, by name, in the form in which clients write them: the
   * id of a record is a record id, which `records` accepts, an instant a text in ISO 8601, an amount of money
   * `{ amount, currency }`. Empty for a new record.
   *
   * Only fields that the plugin may read on all records that it sees, of a record that it may see. The id of a record is
   * null unless the plugin may read all records of its object. The values come from the audit: when the workspace has
   * deleted its entries of that time, there are none.
   */
  readonly before: Values
}

/**
 * Code of a plugin that runs for committed changes. A handler gets every change that matches `on`, in the order of the
 * log, beginning when the plugin is enabled in the workspace.
 *
 * The writes of a handler and its position in the log are committed together, so that each change has its effect in the
 * database exactly once. An effect outside the database may happen twice and has to be idempotent.
 *
 * When the handler throws, its writes for the change are rolled back, and it is called for the same change again after
 * a delay that doubles from 1 second up to 1 hour; later changes wait meanwhile. After 12 failures the handler goes on
 * with the next change. The failed change becomes a dead letter: `plugins { handlers { deadLetterCount lastError } }`
 * reports it. Failures of handlers do not put a plugin into quarantine.
 *
 * A handler gets the changes that the plugin's operations, acts, rules and seeds wrote for a user, and with `ownChanges` those
 * that its jobs and routes wrote. It does not get the changes of the plugin's handlers. While the plugin is in quarantine, changes wait for the handler; changes
 * that are committed while the plugin is disabled are skipped.
 */
export interface Handler {
  /** `<plugin id>.<name>`. The handler's position in the log is stored under this name: never change it. */
  readonly name: string
  readonly description: string
  readonly on: {
    /** Names of the objects whose changes the handler gets, such as `['Account']`; at least one. */
    readonly types: readonly string[]
    /** Kinds of writes that the handler gets. Default: all kinds. */
    readonly operations?: readonly LogEntry['operation'][]
    /**
     * Whether the handler also gets the changes that the plugin's own jobs and routes wrote. It never gets those of
     * the plugin's handlers, and of the jobs that handlers requested, also by way of other jobs: so handlers can't cause
     * each other to run without end.
     */
    readonly ownChanges?: true
  }
  /**
   * Handles one change, in at most 30 seconds. Throw an error to have the handler called again for the change. A write
   * of `records` that is refused does not throw: check its `userErrors`. Several changes may be handled in one
   * transaction.
   */
  handle(change: DeliveredChange, context: PluginContext): Promise<void>
}

/** Declares a handler, for `handlers` of a plugin. */
export function defineHandler(handler: Handler): Handler {
  return handler
}
