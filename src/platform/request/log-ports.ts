import type { Actor } from './actor.ts'

/**
 * Wakes those who read the log when something was committed, on this node or another. Only a wake-up: the log itself is
 * the truth, so a lost one costs a delay and no change.
 */
export interface Feed {
  /** Says that something was committed in the workspace. */
  announce(workspaceId: string): void
  /** Waits until something may have been committed, or `timeoutMs` have passed, or the signal aborts. */
  changed(workspaceId: string, timeoutMs: number, signal: AbortSignal): Promise<void>
  /** Calls `listener` with the workspace whenever something may have been committed in it, until the function answered is called. */
  onChange(listener: (workspaceId: string) => void): () => void
  /** Whether the server is going down: whoever follows the log ends. */
  isClosed(): boolean
  close(): Promise<void>
}

/** Position in a workspace's log: the transaction that wrote, and the place within it. */
export interface LogPosition {
  readonly xid: string
  readonly seq: string
}

/** As whom a stream began, and with which plugins. */
export interface Follower {
  readonly actor: Actor
  readonly pluginIds: readonly string[]
}

/**
 * Looks, every 3 to 4 s, whether there is a reason for idle streams to look at the log themselves: something that was
 * written and announced to nobody, or rights that are not those of their beginning. One statement for each workspace, however
 * many of its streams wait. Like the feed only a wake-up: what is told or ended is decided by the stream's own statement.
 */
export interface StreamPoll {
  /** Calls `wake`, at most once, when the follower has a reason to look beyond `position`. Answers what ends the watch. */
  watch(follower: Follower, position: LogPosition, wake: () => void): () => void
}

/** Streams that are open. */
export interface OpenStreams {
  /** Counts one of an actor, and answers what tells that it has ended. Throws QUERY_TOO_COMPLEX where there are too many. */
  open(actorId: string): () => void
}
