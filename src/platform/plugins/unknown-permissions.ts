import { parsePermission } from '../access/permissions.ts'
import { actionOf } from '../operations/acts.ts'
import { objectBySingular, type Registry } from '../schema/registry.ts'
import { nearest } from './nearest.ts'
import type { Plugin } from './plugin.ts'

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/** What is administered and is no object of the registry. */
const PLATFORM = ['plugin', 'audit', 'access']

/**
 * What is wrong with the `permissions` of a plugin, a sentence each: objects and actions that there are not, and objects of
 * plugins on which it does not depend. The registry has the plugin and those that it depends on, and may have others.
 */
export function unknownPermissions(registry: Registry, plugin: Plugin): string[] {
  const reached = registry.plugins.filter((each) => isReached(plugin, each))
  const actions = actionsByObject(registry, reached)
  return (plugin.permissions ?? []).flatMap((permission) => {
    const parsed = parsePermission(permission)
    const problem = parsed && problemWith(registry, plugin, actions, parsed)
    return problem ? [`${plugin.id} names the permission ${permission}: ${problem}`] : []
  })
}

/** Whether the plugin may refer to what the other one has. */
function isReached(plugin: Plugin, other: Plugin): boolean {
  return other.isCore === true || other.id === plugin.id || Object.hasOwn(plugin.depends ?? {}, other.id)
}

/** Actions that the plugins know, by the object as permissions name it. */
function actionsByObject(registry: Registry, plugins: readonly Plugin[]): Map<string, Set<string>> {
  const actions = new Map(PLATFORM.map((object) => [object, new Set(ACTIONS)]))
  const add = (object: string, names: readonly string[]) =>
    actions.set(object, new Set([...(actions.get(object) ?? []), ...names]))
  const ids = new Set(plugins.map(({ id }) => id))
  for (const { owner, singular } of registry.objects.values()) if (ids.has(owner)) add(singular, ACTIONS)
  for (const { operations = [], queries = [], acts = [] } of plugins) {
    for (const { permission } of [...operations, ...queries]) {
      const parsed = permission === null ? null : parsePermission(permission)
      if (parsed && parsed.object !== '*' && parsed.action !== '*') add(parsed.object, [parsed.action])
    }
    for (const act of acts) {
      const object = registry.objects.get(act.object)
      if (object && ids.has(object.owner)) add(object.singular, [actionOf(act)])
    }
  }
  return actions
}

function problemWith(
  registry: Registry,
  plugin: Plugin,
  actions: ReadonlyMap<string, ReadonlySet<string>>,
  { object, action }: { readonly object: string; readonly action: string },
): string | null {
  const own = object === '*' ? [...actions.values()].flatMap((each) => [...each]) : [...(actions.get(object) ?? [])]
  if (object !== '*' && own.length === 0) {
    const holder = objectBySingular(registry, object)?.owner
    return holder === undefined
      ? unknown('object', object, [...actions.keys()])
      : `${object} is an object of ${holder}, on which ${plugin.id} does not depend. Name ${holder} under depends, with the range of its versions.`
  }
  if (action === '*' || own.includes(action)) return null
  return unknown(
    object === '*' ? 'action' : `action of ${object}`,
    action,
    own,
    `There are ${[...new Set(own)].join(', ')} and *.`,
  )
}

function unknown(what: string, name: string, known: readonly string[], otherwise = ''): string {
  const near = nearest(name, known)
  const hint = near === null ? otherwise : `Did you mean ${near}?`
  return `there is no ${what} called ${name}.${hint && ` ${hint}`}`
}
