import type { Plugin } from '../declare/plugin.ts'
import type { UnitOfWork } from '../request/context.ts'
import { PluginFailedError } from './failure.ts'

/** What the plugins' code of one transaction has in common, and where this work stands in it. */
export interface Scope {
  readonly work: UnitOfWork
  /** The work that the request, handler or job began with. */
  readonly root: RootScope
  /** How many writes by plugins this one lies within. */
  readonly depth: number
  /** Writes of the same level take turns: their savepoints must not interleave. */
  tail: Promise<unknown>
}

interface RootScope {
  readonly work: UnitOfWork
  /** Why the transaction can't be committed any more, whatever the plugins' code does about it. */
  failure: { readonly error: unknown } | null
  /** What workspaces set of plugins' settings, by plugin id, as far as it was asked for. */
  readonly settings: Map<string, Promise<Readonly<Record<string, unknown>>>>
}

const scopes = new WeakMap<UnitOfWork, Scope>()

/** Rules that write records whose rules write records …: deeper than this is taken for endless. */
const MAX_DEPTH = 8

export function scopeOf(work: UnitOfWork): Scope {
  const known = scopes.get(work)
  if (known) return known
  const scope: Scope = { work, root: { work, failure: null, settings: new Map() }, depth: 0, tail: Promise.resolve() }
  scopes.set(work, scope)
  return scope
}

/** The work of a plugin's own write within the scope: the same transaction and log, under other rights. */
export function workWithin(scope: Scope, actor: UnitOfWork['context']['actor'], part: Part): UnitOfWork {
  if (scope.depth >= MAX_DEPTH) {
    throw new PluginFailedError(
      { plugin: part.plugin.id, name: part.name },
      'THREW',
      `Its writes cause each other ${MAX_DEPTH} levels deep. A rule that writes must not set itself off.`,
      null,
    )
  }
  const { work } = scope.root
  const within: UnitOfWork = {
    context: { ...work.context, actor },
    transaction: work.transaction,
    now: work.now,
    log: work.log,
    hasPluginStatements: false,
  }
  scopes.set(within, { work: within, root: scope.root, depth: scope.depth + 1, tail: Promise.resolve() })
  return within
}

/** What of a plugin runs, and what it may do there. */
export interface Part {
  readonly plugin: Plugin
  /** Name of the rule, operation, handler or job. */
  readonly name: string
  /** Whether it only looks: what comes before a write may still be refused by others. */
  readonly isReadOnly: boolean
}

/** Writes, after what was asked for before at the same level. Throws where the part only looks. */
export function writing<Result>(scope: Scope, part: Part, write: () => Promise<Result>): Promise<Result> {
  if (part.isReadOnly) throw new Error(`${part.name} only looks while it runs before a write. Write in \`after\`.`)
  scope.root.work.hasPluginStatements = true
  const turn = scope.tail.then(write)
  scope.tail = turn.catch(() => undefined)
  return turn
}

/** Fails the transaction for good: a plugin that catches the error can't have it committed. */
export function markFailed(scope: Scope, error: unknown): void {
  const known = scope.root.failure?.error
  // What names the plugin at fault says more than what happened inside it.
  if (known === undefined || (error instanceof PluginFailedError && !(known instanceof PluginFailedError)))
    scope.root.failure = { error }
}

/** Throws what the transaction has failed for. */
export function throwIfMarkedFailed(scope: Scope): void {
  if (scope.root.failure) throw scope.root.failure.error
}

/** Throws what the work has failed for in a plugin's code, though nothing was thrown any further. */
export function throwIfFailed(work: UnitOfWork): void {
  const scope = scopes.get(work)
  if (scope) throwIfMarkedFailed(scope)
}
