import { isAdministrationObject } from '../../platform/permissions/cover.ts'
import { nearest } from '../../platform/registry/nearest.ts'
import type { ObjectType, Registry } from '../../platform/registry/object-type.ts'

/** The object whose records can be shared, or a sentence on why there is none of that name. */
export function shareableObject(registry: Registry, name: string): ObjectType | string {
  const object = registry.objects.get(name)
  if (object && isShareable(object)) return object
  if (object) return `Records of ${name} can't be shared: who reaches them, permissions alone decide.`
  const known = [...registry.objects.values()].filter(isShareable).map((each) => each.name)
  const near = nearest(name, known)
  return `There is no object called ${name}.${near === null ? '' : ` Did you mean ${near}?`}`
}

/** What decides who may do what is not shared: that would go round the roles. */
function isShareable({ name, singular, isNode, writes }: ObjectType): boolean {
  return isNode && writes.size > 0 && !isAdministrationObject(singular) && name !== 'RecordGrant'
}

/** Actions that sharing with READ, UPDATE or DELETE gives. */
export function sharedActions(access: unknown): string[] {
  if (access === 'DELETE') return ['read', 'update', 'delete']
  return access === 'UPDATE' ? ['read', 'update'] : ['read']
}
