import type { Actor } from './actor.ts'

/**
 * Wakes those who follow the log when something was committed on this node or another. A wake-up contains no changes:
 * whoever is woken reads the changes from the log. So when a wake-up is lost, changes arrive later, but no change is
 * lost.
 */
export interface Feed {
  /** Announces to all nodes that something was committed in the workspace. */
  announce(workspaceId: string): void
  /** Resolves when something may have been committed, after `timeoutMs`, or when the signal aborts. */
  changed(workspaceId: string, timeoutMs: number, signal: AbortSignal): Promise<void>
  /**
   * Calls `listener` with the uuid of a workspace whenever something may have been committed there. Returns a function
   * that removes the listener.
   */
  onChange(listener: (workspaceId: string) => void): () => void
  /** Whether the server is shutting down, so that everything that follows the log has to end. */
  isClosed(): boolean
  close(): Promise<void>
}

/** Position in a workspace's log: the transaction (`xid`) and the position of the change in it (`seq`). */
export interface LogPosition {
  readonly xid: string
  readonly seq: string
}

/** The actor and the plugins with which a stream began. */
export interface Follower {
  readonly actor: Actor
  readonly pluginIds: readonly string[]
}

/**
 * Checks every 3 to 4 seconds whether idle streams have to be woken: because of changes that no feed announced, or
 * because the rights of an actor changed since its stream began. Sends one statement for each workspace, however many
 * streams wait there. It only wakes a stream: the stream's own statement decides what is sent and whether the stream
 * ends.
 */
export interface StreamPoll {
  /**
   * Calls `wake` when the log may contain changes after `position`, or the follower's stream may have to end. Returns a
   * function that stops these calls.
   */
  watch(follower: Follower, position: LogPosition, wake: () => void): () => void
}

/** The open streams of all actors. */
export interface OpenStreams {
  /**
   * Counts a new stream of an actor. Returns a function to call when the stream has ended.
   * @throws GraphQLError QUERY_TOO_COMPLEX when the actor has too many open streams.
   */
  open(actorId: string): () => void
}
