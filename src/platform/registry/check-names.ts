import type { Models } from '../data/models/models.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'
import { requireDependency } from './declaring-plugins.ts'

/** Objects in the names of permissions that the platform asks for by itself. */
const PERMISSION_OBJECTS: ReadonlySet<string> = new Set(['plugin', 'change'])

/**
 * Refuses plugins whose names clash, or that lay hand on models and objects they may not.
 * @throws CompositionError naming both owners.
 */
export function checkPlugins(models: Models, plugins: readonly Plugin[]): void {
  refuseTwice(plugins, 'Plugin', (plugin) => [plugin.id])
  refuseTwice(plugins, 'Rule', ({ rules = [], accessRules = [] }) => [...rules, ...accessRules].map(({ name }) => name))
  refuseTwice(plugins, 'Handler', (plugin) => (plugin.handlers ?? []).map(({ name }) => name))
  refuseTwice(plugins, 'Job', (plugin) => (plugin.jobs ?? []).map(({ name }) => name))
  refuseTwice(plugins, 'Type', (plugin) => (plugin.objects ?? []).map(({ name, model }) => name ?? model))
  refuseTwice(plugins, 'Error type', (plugin) => (plugin.errors ?? []).map(({ name }) => name))
  refuseTwice(plugins, 'Error code', (plugin) => (plugin.errors ?? []).map(({ code }) => code))
  refuseTwice(plugins, 'Permission object', (plugin) => [...permissionObjects(plugin)])
  refuseTwice(plugins, 'Interface', (plugin) => (plugin.interfaces ?? []).map(({ name }) => name))
  for (const plugin of plugins) if (!plugin.isCore) checkPlugin(models, plugins, plugin)
}

function refuseTwice(plugins: readonly Plugin[], what: string, namesOf: (plugin: Plugin) => readonly string[]): void {
  const holders = new Map<string, string>()
  for (const plugin of plugins) {
    for (const name of namesOf(plugin)) {
      const holder = holders.get(name)
      if (holder === plugin.id)
        throw new CompositionError(`${what} ${name} is declared twice by ${plugin.id}. Rename one.`)
      if (holder !== undefined)
        throw new CompositionError(`${what} ${name} is declared by both ${holder} and ${plugin.id}. Rename one.`)
      holders.set(name, plugin.id)
    }
  }
}

/** First parts of the permissions that a plugin brings: `account` of its object Account. */
function permissionObjects(plugin: Plugin): Set<string> {
  const objects = (plugin.objects ?? []).map(({ name, model }) => singular(name ?? model))
  return new Set(objects)
}

function singular(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function checkPlugin(models: Models, plugins: readonly Plugin[], plugin: Plugin): void {
  const { id } = plugin
  for (const object of permissionObjects(plugin))
    if (PERMISSION_OBJECTS.has(object))
      throw new CompositionError(`Permission object ${object} is declared by both core and ${id}. Rename the object.`)
  for (const { name, model } of plugin.objects ?? []) ownModel(models, id, model, `The object ${name ?? model}`)
  for (const variant of plugin.variants ?? []) {
    if (variant.isObject)
      throw new CompositionError(`${id}: the kind ${variant.name} has isObject, which is for core only.`)
    if (variant.detail) ownModel(models, id, variant.detail.model, `The kind ${variant.name}`)
  }
  const { rules = [], accessRules = [], handlers = [], jobs = [] } = plugin
  for (const part of [...rules, ...accessRules, ...handlers, ...jobs])
    if (!part.name.startsWith(`${id}.`))
      throw new CompositionError(
        `${id}: the name ${part.name} does not begin with the plugin's id. Write ${id}.${part.name}.`,
      )
  for (const table of plugin.reads ?? []) {
    const model = [...models.models.values()].find((each) => each.table === table)
    if (!model) throw new CompositionError(`${id}: reads names the table ${table}, which nobody has.`)
    requireDependency({ plugins }, id, model.pluginId, `the table ${table}`)
  }
  for (const query of plugin.queries ?? []) ownPermission(plugins, plugin, query.permission, `The query ${query.name}`)
  for (const operation of plugin.operations ?? [])
    if (operation.permission !== null)
      ownPermission(plugins, plugin, operation.permission, `The operation ${operation.name}`)
}

/** Throws where a permission's object is brought by a plugin that is no dependency. */
function ownPermission(plugins: readonly Plugin[], plugin: Plugin, permission: string, what: string): void {
  const [object = ''] = permission.split(':')
  const holder = plugins.find((each) => permissionObjects(each).has(object))
  if (holder) requireDependency({ plugins }, plugin.id, holder.id, `the permission ${permission} (${what})`)
}

function ownModel(models: Models, plugin: string, name: string, what: string): void {
  const pluginId = models.models.get(name)?.pluginId
  if (pluginId === undefined)
    throw new CompositionError(`${plugin}: ${what} wants the model ${name}, which nobody has. Add it to models.prisma.`)
  if (pluginId !== plugin)
    throw new CompositionError(
      `${plugin}: ${what} is over the model ${name} of ${pluginId}. A plugin's own are over its own models.`,
    )
}
