import { isAdministrationObject } from '../../platform/permissions/cover.ts'
import { nearest } from '../../platform/registry/nearest.ts'
import type { ObjectType, Registry } from '../../platform/registry/object-type.ts'

/** Returns the object with this name if its records can be shared, otherwise an error message. */
export function shareableObject(registry: Registry, name: string): ObjectType | string {
  const object = registry.objects.get(name)
  if (object && isShareable(object)) return object
  if (object) return `Records of ${name} can't be shared: only permissions give access to them.`
  const known = [...registry.objects.values()].filter(isShareable).map((each) => each.name)
  const near = nearest(name, known)
  return `There is no object called ${name}.${near === null ? '' : ` Did you mean ${near}?`}`
}

/** Records that decide who may do what can't be shared, because that would bypass the roles. */
function isShareable({ name, singular, isNode, writes }: ObjectType): boolean {
  return isNode && writes.size > 0 && !isAdministrationObject(singular) && name !== 'RecordGrant'
}

/** Returns the actions that sharing with an access level (`READ`, `UPDATE` or `DELETE`) allows. */
export function sharedActions(access: unknown): string[] {
  if (access === 'DELETE') return ['read', 'update', 'delete']
  return access === 'UPDATE' ? ['read', 'update'] : ['read']
}
