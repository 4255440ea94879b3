import { parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import { actionOf } from './acts.ts'
import { nearest } from './nearest.ts'
import type { Registry } from './object-type.ts'

/** Actions of every object. */
const ACTIONS = ['read', 'create', 'update', 'delete']

/** What is administered and is no object of the registry. */
const PLATFORM = ['plugin', 'audit', 'access']

/**
 * Actions that permissions may name, by the object as they name it: those of the objects of these plugins, core's among them,
 * and those that their acts, operations and queries ask for.
 */
export function knownActions(
  registry: Registry,
  plugins: readonly Plugin[] = registry.plugins,
): ReadonlyMap<string, ReadonlySet<string>> {
  const known = new Map(PLATFORM.map((object) => [object, new Set(ACTIONS)]))
  const add = (object: string, actions: readonly string[]) =>
    known.set(object, new Set([...(known.get(object) ?? []), ...actions]))
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
  return known
}

/** What is wrong with the object or the action of a permission, as a sentence; null where both are known. */
export function unknownPart(
  known: ReadonlyMap<string, ReadonlySet<string>>,
  { object, action }: { readonly object: string; readonly action: string },
): string | null {
  const own = object === '*' ? [...known.values()].flatMap((actions) => [...actions]) : [...(known.get(object) ?? [])]
  if (own.length === 0) return thereIsNo('object', object, [...known.keys()])
  if (action === '*' || own.includes(action)) return null
  const all = `There are ${[...new Set(own)].join(', ')} and *.`
  return thereIsNo(object === '*' ? 'action' : `action of ${object}`, action, own, all)
}

/** Tells that a name stands for nothing: with the known one that is most like it, or else with `otherwise`. */
export function thereIsNo(what: string, name: string, known: readonly string[], otherwise = ''): string {
  const near = nearest(name, known)
  const hint = near === null ? otherwise : `Did you mean ${near}?`
  return `There is no ${what} called ${name}.${hint && ` ${hint}`}`
}
