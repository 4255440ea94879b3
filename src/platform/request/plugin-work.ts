import type { PluginContext } from '../declare/plugin-context.ts'
import type { UnitOfWork } from './context.ts'

const works = new WeakMap<PluginContext, UnitOfWork>()

/** Stores which unit of work a plugin's context belongs to. Returns the context. */
export function bindWork(context: PluginContext, work: UnitOfWork): PluginContext {
  works.set(context, work)
  return context
}

/** Returns the unit of work of a plugin's context, for the code of core's modules. */
export function workOf(context: PluginContext): UnitOfWork {
  const work = works.get(context)
  if (!work) throw new Error('The platform has not created this context.')
  return work
}
