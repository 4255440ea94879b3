import { can } from '../permissions/grants.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { writerOf } from './input/writer.ts'

/**
 * Whether the caller may see that a field was changed, and its values.
 * @param type Name of the object of the changed record.
 * @param inputField Input field that was changed.
 */
export type IsChangeFieldVisible = (type: string, inputField: string) => boolean

/**
 * Returns a function that decides which changed fields in the log and the audit the caller may see: the fields that
 * they may read on all records that they see. The results are cached.
 */
export function visibleChangeFields({ registry, actor }: Reading): IsChangeFieldVisible {
  const cache = new Map<string, boolean>()
  return (type, inputField) => {
    const key = `${type}.${inputField}`
    const cached = cache.get(key)
    if (cached !== undefined) return cached
    const object = registry.objects.get(type)
    // The object of an older entry may belong to a plugin that the workspace no longer uses. Its fields are then not
    // known, and the permission to read the object decides.
    const isVisible = object
      ? canReadFieldOfAllRecords(actor, object, fieldOf(registry, object, inputField))
      : can(actor, `${type.charAt(0).toLowerCase()}${type.slice(1)}:read`)
    cache.set(key, isVisible)
    return isVisible
  }
}

/** Returns the field of the record that an input field sets: `owner` for `ownerId`. */
function fieldOf(registry: Registry, object: ObjectType, inputField: string): string {
  return writerOf(registry, object).logged.get(inputField)?.field ?? inputField
}
