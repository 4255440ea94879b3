import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { Part } from './work-level.ts'

/** The part of a plugin that runs now in a context. */
export interface RunningPart extends Part {
  name: string
  isReadOnly: boolean
  /** Number of statements and writes that have begun and not ended. */
  unfinished: number
}

const runningParts = new WeakMap<PluginContext, RunningPart>()

/** Runs one call of a plugin's code to its context, such as a statement or write, with the checks for all calls. */
export type RunCall = <Result>(call: () => Promise<Result>) => Promise<Result>

const idSets = new WeakMap<readonly string[], ReadonlySet<string>>()

/**
 * Whether the plugin's code is limited to a budget and its own permissions: true for every plugin, false for a module
 * of core.
 */
export function isSandboxed(work: UnitOfWork, plugin: Plugin): boolean {
  const { pluginIds } = work.context.runtime
  const ids = idSets.get(pluginIds) ?? new Set(pluginIds)
  idSets.set(pluginIds, ids)
  return ids.has(plugin.id)
}

/** Returns the part that runs in a context. The context has to belong to a plugin that is not a module of core. */
export function runningPartOf(context: PluginContext): RunningPart {
  const running = runningParts.get(context)
  if (!running) throw new Error('This context was not created for a plugin.')
  return running
}

/** Stores the part that runs in a context. */
export function setRunningPart(context: PluginContext, part: RunningPart): void {
  runningParts.set(context, part)
}
