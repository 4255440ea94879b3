import type { Plugin } from '../declare/plugin.ts'
import type { UnitOfWork } from '../request/context.ts'
import { PluginFailedError } from './failure.ts'

/**
 * How deep a unit of work is nested in other units of work of the same transaction. The unit of work of the request,
 * handler or job is the root; a write that a plugin's code does through `records` is one level deeper than the code.
 */
export interface WorkLevel {
  readonly work: UnitOfWork
  readonly root: RootLevel
  /** Number of writes by plugins' code that this level is nested in; 0 for the root. */
  readonly depth: number
  /** Settles when the last queued write of this level has ended. Writes of a level run one after the other. */
  tail: Promise<unknown>
}

/** What all levels of a transaction share. */
interface RootLevel {
  readonly work: UnitOfWork
  /**
   * Error because of which the transaction must not commit, even if a plugin's code catches it; null when there is
   * none.
   */
  failure: { readonly error: unknown } | null
  /** Settings of the workspace that were read in this transaction, by plugin id. */
  readonly settings: Map<string, Promise<Readonly<Record<string, unknown>>>>
}

const levels = new WeakMap<UnitOfWork, WorkLevel>()

/** Maximum depth of rules whose writes trigger rules that write. Deeper nesting is treated as an endless loop. */
const MAX_DEPTH = 8

/** Returns the level of a unit of work. A unit of work that has no level yet becomes the root of its transaction. */
export function levelOf(work: UnitOfWork): WorkLevel {
  const existing = levels.get(work)
  if (existing) return existing
  const level: WorkLevel = {
    work,
    root: { work, failure: null, settings: new Map() },
    depth: 0,
    tail: Promise.resolve(),
  }
  levels.set(work, level)
  return level
}

/**
 * Returns the unit of work for a write by a plugin's code. It has the transaction and the log of the root unit of work.
 * @param actor The actor whose permissions decide about the write.
 * @throws PluginFailedError when the write is nested too deep.
 */
export function nestedWork(level: WorkLevel, actor: UnitOfWork['context']['actor'], part: Part): UnitOfWork {
  if (level.depth >= MAX_DEPTH) {
    throw new PluginFailedError(
      { plugin: part.plugin.id, name: part.name },
      'THREW',
      `Its writes trigger each other ${MAX_DEPTH} levels deep. A rule that writes must not trigger itself.`,
      null,
    )
  }
  const { work } = level.root
  const nested: UnitOfWork = {
    context: { ...work.context, actor },
    transaction: work.transaction,
    now: work.now,
    log: work.log,
    hasPluginStatements: false,
  }
  levels.set(nested, { work: nested, root: level.root, depth: level.depth + 1, tail: Promise.resolve() })
  return nested
}

/** A part of a plugin that runs. */
export interface Part {
  readonly plugin: Plugin
  /** Name of the rule, operation, handler or job. */
  readonly name: string
  /** Whether the part may not write, because it runs before a write that other rules may still refuse. */
  readonly isReadOnly: boolean
}

/**
 * Runs a write of a plugin's code after all writes that were queued before at the same level, because their savepoints
 * must not interleave.
 * @throws Error when the part is read-only.
 */
export function queueWrite<Result>(level: WorkLevel, part: Part, write: () => Promise<Result>): Promise<Result> {
  if (part.isReadOnly) throw new Error(`${part.name} can't write, because it runs before a write. Write in \`after\`.`)
  level.root.work.hasPluginStatements = true
  const written = level.tail.then(write)
  level.tail = written.catch(() => undefined)
  return written
}

/** Marks the transaction as failed: it does not commit even if a plugin's code catches the error. */
export function markFailed(level: WorkLevel, error: unknown): void {
  const earlier = level.root.failure?.error
  // A PluginFailedError names the plugin at fault, so it replaces an error from inside the plugin's code.
  if (earlier === undefined || (error instanceof PluginFailedError && !(earlier instanceof PluginFailedError)))
    level.root.failure = { error }
}

/** Throws the error that `markFailed` has stored, if there is one. */
export function throwIfMarkedFailed(level: WorkLevel): void {
  if (level.root.failure) throw level.root.failure.error
}

/** As `throwIfMarkedFailed`, for a unit of work. Does nothing when no plugin's code has run in the unit of work. */
export function throwIfFailed(work: UnitOfWork): void {
  const level = levels.get(work)
  if (level) throwIfMarkedFailed(level)
}
