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

/**
 * Returns the context of another module of core in the same unit of work. For functions that a module offers to others and
 * that write its own records: some columns only the module itself may set.
 * @param moduleId Id of the module that offers the function.
 */
export function contextOfModule(context: PluginContext, moduleId: string): PluginContext {
  const work = workOf(context)
  const { registry, pluginContext } = work.context.runtime
  const plugin = registry.plugins.find(({ id, isCore }) => isCore && id === moduleId)
  if (!plugin) throw new Error(`There is no module ${moduleId}.`)
  return pluginContext(work, plugin)
}
