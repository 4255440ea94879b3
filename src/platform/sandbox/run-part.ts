import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from '../request/context.ts'
import { isSandboxed, runningIn } from './running.ts'
import { markFailed, scopeOf, throwIfMarkedFailed } from './scope.ts'
import { failureOf, runWithTimeLimit } from './time-limit.ts'

/** The context for a part of a plugin that begins to run now. */
export function startWithin(work: UnitOfWork, plugin: Plugin, name: string, isReadOnly: boolean): PluginContext {
  const context = work.context.runtime.pluginContext(work, plugin)
  const running = runningIn(context)
  running.name = name
  running.isReadOnly = isReadOnly
  return context
}

/** Throws where a part that has ended left a statement behind, or caught what the transaction has failed for. */
export function finish(work: UnitOfWork, plugin: Plugin): void {
  throwIfMarkedFailed(scopeOf(work))
  const { unfinished } = runningIn(work.context.runtime.pluginContext(work, plugin))
  if (unfinished > 0) throw new Error(`It ended before ${unfinished} of its statements or writes. Await each of them.`)
}

/**
 * Runs an operation, act, handler, job or seed of a plugin in a work, within its budget. Core's own run as they are.
 * @throws PluginFailedError where it throws or overruns.
 */
export async function runPart<Result>(
  work: UnitOfWork,
  plugin: Plugin,
  name: string,
  budgetMs: number,
  run: (context: PluginContext) => Result | Promise<Result>,
): Promise<Result> {
  if (!isSandboxed(work, plugin)) return run(work.context.runtime.pluginContext(work, plugin))
  const scope = scopeOf(work)
  const part = { plugin: plugin.id, name }
  try {
    const context = startWithin(work, plugin, name, false)
    const answer = await runWithTimeLimit(part, budgetMs, () => run(context))
    finish(work, plugin)
    return answer
  } catch (error) {
    const failure = failureOf(part, budgetMs, error)
    // What goes on after its time is over finds every door closed.
    markFailed(scope, failure)
    throw failure
  }
}
