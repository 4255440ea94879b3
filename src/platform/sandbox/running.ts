import type { Plugin } from '../declare/plugin.ts'
import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { Part } from './scope.ts'

/** What runs of a plugin now, and what it has asked for that has not ended. */
export interface Running extends Part {
  name: string
  isReadOnly: boolean
  /** Statements and writes that were begun and have not ended. */
  unfinished: number
}

const running = new WeakMap<PluginContext, Running>()

/** Lets through what the code of a plugin asks of the platform. */
export type Run = <Result>(act: () => Promise<Result>) => Promise<Result>

const pluginIds = new WeakMap<readonly string[], ReadonlySet<string>>()

/** Whether the plugin is somebody else's, so that its code runs within limits; core's own runs as it is. */
export function isSandboxed(work: UnitOfWork, plugin: Plugin): boolean {
  const { pluginIds: ids } = work.context.runtime
  const known = pluginIds.get(ids) ?? new Set(ids)
  pluginIds.set(ids, known)
  return known.has(plugin.id)
}

/** What runs in a context that was made for a plugin other than core's. */
export function runningIn(context: PluginContext): Running {
  const found = running.get(context)
  if (!found) throw new Error('This context was not made for a plugin.')
  return found
}

/** Remembers what runs in a context. */
export function noteRunning(context: PluginContext, part: Running): void {
  running.set(context, part)
}
