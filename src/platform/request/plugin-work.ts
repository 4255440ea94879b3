import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from './context.ts'

const works = new WeakMap<PluginContext, UnitOfWork>()

/** Remembers which work a plugin's context belongs to. */
export function bindWork(context: PluginContext, work: UnitOfWork): PluginContext {
  works.set(context, work)
  return context
}

/** The work behind a plugin's context: for the platform's own operations. */
export function workOf(context: PluginContext): UnitOfWork {
  const work = works.get(context)
  if (!work) throw new Error('This context was not made by the platform.')
  return work
}
