import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { actionOf } from './acts.ts'
import { nearest } from './nearest.ts'
import type { Registry } from './object-type.ts'

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/**
 * Words that may stand before the `:` of a permission (`audit` in `audit:read`) although they are not objects in the
 * registry.
 */
export const PLATFORM_OBJECTS: readonly string[] = ['plugin', 'audit', 'access']

/**
 * Returns the actions that exist for each object (key in camelCase). Objects of the given plugins, and `plugin`,
 * `audit` and `access`, have read, create, update and delete. The result also contains the actions in the permissions
 * of these plugins' operations and queries, and the actions of their business acts on objects of these plugins, such as
 * `convert` for `lead`.
 * @param plugins Only objects, acts, operations and queries of these plugins count. Default: all plugins of the
 * registry.
 */
export function knownActions(
  registry: Registry,
  plugins: readonly Plugin[] = registry.plugins,
): ReadonlyMap<string, ReadonlySet<string>> {
  const actionsByObject = new Map(PLATFORM_OBJECTS.map((object) => [object, new Set(ACTIONS)]))
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
 * Returns a message that says which part of a permission does not exist, the object or the action. Returns null when
 * the object and the action exist.
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
 * Returns the message that a name does not exist, with the most similar name as a suggestion.
 * @param what Kind of the name, such as `object`.
 * @param names Names that exist.
 * @param otherwise Sentence at the end of the message when no name is similar.
 */
export function unknownName(what: string, name: string, names: readonly string[], otherwise = ''): string {
  const suggestion = nearest(name, names)
  const hint = suggestion === null ? otherwise : `Did you mean ${suggestion}?`
  return `There is no ${what} called ${name}.${hint && ` ${hint}`}`
}
