import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { actionOf } from './acts.ts'
import { nearest } from './nearest.ts'
import type { Registry } from './object-type.ts'

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/** Objects of permissions that are not objects of the registry. */
const PLATFORM = ['plugin', 'audit', 'access']

/**
 * Returns the actions that permissions may name, by object in camelCase: the actions of every object of the given
 * plugins, and the permissions that their acts, operations and queries need.
 * @param plugins Plugins of the registry. Default: all.
 */
export function knownActions(
  registry: Registry,
  plugins: readonly Plugin[] = registry.plugins,
): ReadonlyMap<string, ReadonlySet<string>> {
  const actionsByObject = new Map(PLATFORM.map((object) => [object, new Set(ACTIONS)]))
  const add = (object: string, actions: readonly string[]) =>
    actionsByObject.set(object, new Set([...(actionsByObject.get(object) ?? []), ...actions]))
  const ids = new Set(plugins.map(({ id }) => id))
  for (const { pluginId, singular } of registry.objects.values()) if (ids.has(pluginId)) add(singular, ACTIONS)
  for (const { operations = [], queries = [], acts = [] } of plugins) {
    for (const { permission } of [...operations, ...queries]) {
      const parsed = permission === null ? null : parsePermission(permission)
      if (parsed && parsed.object !== '*' && parsed.action !== '*') add(parsed.object, [parsed.action])
    }
    for (const act of acts) {
      const object = registry.objects.get(act.object)
      if (object && ids.has(object.pluginId)) add(object.singular, [actionOf(act)])
    }
  }
  return actionsByObject
}

/**
 * Returns a sentence about the object or the action of a permission that does not exist; null when both exist.
 * @param knownByObject Result of `knownActions`.
 */
export function permissionProblem(
  knownByObject: ReadonlyMap<string, ReadonlySet<string>>,
  { object, action }: { readonly object: string; readonly action: string },
): string | null {
  const actions =
    object === '*'
      ? [...knownByObject.values()].flatMap((ofObject) => [...ofObject])
      : [...(knownByObject.get(object) ?? [])]
  if (actions.length === 0) return unknownName('object', object, [...knownByObject.keys()])
  if (action === '*' || actions.includes(action)) return null
  const choices = `There are ${[...new Set(actions)].join(', ')} and *.`
  return unknownName(object === '*' ? 'action' : `action of ${object}`, action, actions, choices)
}

/**
 * Returns a sentence that says that a name does not exist. It suggests the most similar name; when none is similar, it
 * ends with `otherwise`.
 * @param what Kind of the name, such as `object`.
 */
export function unknownName(what: string, name: string, names: readonly string[], otherwise = ''): string {
  const suggestion = nearest(name, names)
  const hint = suggestion === null ? otherwise : `Did you mean ${suggestion}?`
  return `There is no ${what} called ${name}.${hint && ` ${hint}`}`
}
