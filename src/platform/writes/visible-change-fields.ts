import { can } from '../permissions/grants.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { writerOf } from './input/writer.ts'

/** Whether the caller may know that an input field of a record of an object changed, and its values. */
export type IsChangeFieldVisible = (type: string, inputField: string) => boolean

/**
 * Returns a function that decides which changed fields of the log and the audit the caller may see. Of a field that
 * they may not read, they don't see that it changed either. Decisions are cached.
 */
export function visibleChangeFields({ registry, actor }: Reading): IsChangeFieldVisible {
  const decisions = new Map<string, boolean>()
  return (type, inputField) => {
    const key = `${type}.${inputField}`
    const cached = decisions.get(key)
    if (cached !== undefined) return cached
    const object = registry.objects.get(type)
    const isVisible = object
      ? canReadFieldOfAllRecords(actor, object, fieldOf(registry, object, inputField))
      : can(actor, `${type.charAt(0).toLowerCase()}${type.slice(1)}:read`)
    decisions.set(key, isVisible)
    return isVisible
  }
}

/** Returns the field of the record that an input field sets: `owner` for `ownerId`. */
function fieldOf(registry: Registry, object: ObjectType, inputField: string): string {
  return writerOf(registry, object).logged.get(inputField)?.field ?? inputField
}
