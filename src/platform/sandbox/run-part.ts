import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from '../request/context.ts'
import { isSandboxed, runningPartOf } from './running.ts'
import { failureOf, runWithTimeLimit } from './time-limit.ts'
import { levelOf, markFailed, throwIfMarkedFailed } from './work-level.ts'

/**
 * Records which part of the plugin begins to run in a unit of work. Returns the context to run it with.
 * @param isReadOnly true for a rule that runs before a write: writes of its code then throw an error.
 */
export function startPart(work: UnitOfWork, plugin: Plugin, name: string, isReadOnly: boolean): PluginContext {
  const context = work.context.runtime.pluginContext(work, plugin)
  const running = runningPartOf(context)
  running.name = name
  running.isReadOnly = isReadOnly
  return context
}

/**
 * Checks a part that has ended.
 * @throws Error when a statement or write of the part has not ended yet. When an earlier error has marked the
 * transaction as failed and the part's code caught that error, throws it again.
 */
export function finishPart(work: UnitOfWork, plugin: Plugin): void {
  throwIfMarkedFailed(levelOf(work))
  const { unfinished } = runningPartOf(work.context.runtime.pluginContext(work, plugin))
  if (unfinished > 0) throw new Error(`It ended before ${unfinished} of its statements or writes. Await each of them.`)
}

/**
 * Runs an operation, act, query, handler, job or seed of a plugin in a unit of work, within its budget. Parts of core
 * run without limits.
 * @throws PluginFailedError when its code throws or takes longer than `budgetMs`. Errors for which `isPassThrough` is
 * true are thrown unchanged.
 * @param options With `isReadOnly`, writes of its code throw an error.
 */
export async function runPart<Result>(
  work: UnitOfWork,
  plugin: Plugin,
  name: string,
  budgetMs: number,
  run: (context: PluginContext) => Result | Promise<Result>,
  options: { readonly isReadOnly?: boolean } = {},
): Promise<Result> {
  if (!isSandboxed(work, plugin)) return run(work.context.runtime.pluginContext(work, plugin))
  const level = levelOf(work)
  const part = { plugin: plugin.id, name }
  try {
    const context = startPart(work, plugin, name, options.isReadOnly === true)
    const result = await runWithTimeLimit(part, budgetMs, () => run(context))
    finishPart(work, plugin)
    return result
  } catch (error) {
    const failure = failureOf(part, budgetMs, error)
    // Code that still runs after its budget is used up can then send no further statement.
    markFailed(level, failure)
    throw failure
  }
}
