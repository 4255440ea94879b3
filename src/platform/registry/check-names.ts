import type { Models } from '../data/models/models.ts'
import type { Plugin } from '../declare/plugin.ts'
import { CompositionError } from './composition-error.ts'
import { checkConstraints } from './constraints.ts'
import { requireDependency } from './declaring-plugins.ts'
import { PLATFORM_OBJECTS } from './known-permissions.ts'

/**
 * Words that the platform uses before the `:` of permissions, such as `audit` in `audit:read`. The objects of plugins
 * may not have these names.
 */
const RESERVED_OBJECTS: ReadonlySet<string> = new Set([...PLATFORM_OBJECTS, 'change'])

/**
 * Checks that no name is declared twice, and that each plugin refers only to models, tables and permissions that it may
 * use.
 * @throws CompositionError whose message names the plugin, or both plugins that declare the same name.
 */
export function checkPlugins(models: Models, plugins: readonly Plugin[]): void {
  refuseDuplicates(plugins, 'Plugin', (plugin) => [plugin.id])
  refuseDuplicates(plugins, 'Rule', ({ rules = [], accessRules = [] }) =>
    [...rules, ...accessRules].map(({ name }) => name),
  )
  refuseDuplicates(plugins, 'Handler', (plugin) => (plugin.handlers ?? []).map(({ name }) => name))
  refuseDuplicates(plugins, 'Job', (plugin) => (plugin.jobs ?? []).map(({ name }) => name))
  refuseDuplicates(plugins, 'Mapping', (plugin) => (plugin.mappings ?? []).map(({ name }) => name))
  refuseDuplicates(plugins, 'Type', (plugin) => (plugin.objects ?? []).map(({ name, model }) => name ?? model))
  refuseDuplicates(plugins, 'Error type', (plugin) => (plugin.errors ?? []).map(({ name }) => name))
  refuseDuplicates(plugins, 'Error code', (plugin) => (plugin.errors ?? []).map(({ code }) => code))
  refuseDuplicates(plugins, 'Permission object', (plugin) => [...permissionObjects(plugin)])
  refuseDuplicates(plugins, 'Interface', (plugin) => (plugin.interfaces ?? []).map(({ name }) => name))
  for (const plugin of plugins) if (!plugin.isCore) checkPlugin(models, plugins, plugin)
}

/**
 * Throws CompositionError when two plugins, or one plugin twice, declare the same name.
 * @param what Kind of the names for the message, such as `Handler`.
 */
function refuseDuplicates(
  plugins: readonly Plugin[],
  what: string,
  namesOf: (plugin: Plugin) => readonly string[],
): void {
  const owners = new Map<string, string>()
  for (const plugin of plugins) {
    for (const name of namesOf(plugin)) {
      const owner = owners.get(name)
      if (owner === plugin.id)
        throw new CompositionError(`${what} ${name} is declared twice by ${plugin.id}. Rename one.`)
      if (owner !== undefined)
        throw new CompositionError(`${what} ${name} is declared by both ${owner} and ${plugin.id}. Rename one.`)
      owners.set(name, plugin.id)
    }
  }
}

/** Returns the words before the `:` of the permissions for a plugin's objects: `account` for the object `Account`. */
function permissionObjects(plugin: Plugin): Set<string> {
  const objects = (plugin.objects ?? []).map(({ name, model }) => permissionObject(name ?? model))
  return new Set(objects)
}

function permissionObject(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}

function checkPlugin(models: Models, plugins: readonly Plugin[], plugin: Plugin): void {
  const { id } = plugin
  for (const object of permissionObjects(plugin))
    if (RESERVED_OBJECTS.has(object))
      throw new CompositionError(`Permission object ${object} is declared by both core and ${id}. Rename the object.`)
  for (const { name, model } of plugin.objects ?? []) requireOwnModel(models, id, model, `The object ${name ?? model}`)
  for (const variant of plugin.variants ?? []) {
    if (variant.isObject)
      throw new CompositionError(`${id}: the variant ${variant.name} has isObject, which only core may use.`)
    if (variant.detail) requireOwnModel(models, id, variant.detail.model, `The variant ${variant.name}`)
  }
  const { rules = [], accessRules = [], mappings = [], handlers = [], jobs = [] } = plugin
  for (const part of [...rules, ...accessRules, ...mappings, ...handlers, ...jobs])
    if (!part.name.startsWith(`${id}.`))
      throw new CompositionError(
        `${id}: the name ${part.name} does not begin with the plugin's id. Write ${id}.${part.name}.`,
      )
  for (const table of plugin.reads ?? []) {
    const model = [...models.models.values()].find((candidate) => candidate.table === table)
    if (!model) throw new CompositionError(`${id}: \`reads\` names the table ${table}, which does not exist.`)
    requireDependency({ plugins }, id, model.pluginId, `the table ${table}`)
  }
  checkConstraints(plugin)
  for (const query of plugin.queries ?? [])
    requireUsablePermission(plugins, plugin, query.permission, `The query ${query.name}`)
  for (const operation of plugin.operations ?? [])
    if (operation.permission !== null)
      requireUsablePermission(plugins, plugin, operation.permission, `The operation ${operation.name}`)
}

/**
 * Throws CompositionError when the object in a permission belongs to a plugin on which this plugin does not depend.
 * @param what The query, operation or field that needs the permission, for the message.
 */
export function requireUsablePermission(
  plugins: readonly Plugin[],
  plugin: Plugin,
  permission: string,
  what: string,
): void {
  const [object = ''] = permission.split(':')
  const owner = plugins.find((candidate) => permissionObjects(candidate).has(object))
  if (owner) requireDependency({ plugins }, plugin.id, owner.id, `the permission ${permission} (${what})`)
}

function requireOwnModel(models: Models, plugin: string, name: string, what: string): void {
  const pluginId = models.models.get(name)?.pluginId
  if (pluginId === undefined)
    throw new CompositionError(
      `${plugin}: ${what} needs the model ${name}, which does not exist. Add it to models.prisma.`,
    )
  if (pluginId !== plugin)
    throw new CompositionError(
      `${plugin}: ${what} uses the model ${name} of ${pluginId}. Objects and variants of a plugin use its own models only.`,
    )
}
