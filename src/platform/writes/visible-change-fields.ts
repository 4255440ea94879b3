import { can } from '../permissions/grants.ts'
import { canReadFieldOfAllRecords } from '../permissions/guard.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { writerOf } from './input/writer.ts'

/** Whether the caller may be told that an input field of a record of the type changed, and from what to what. */
export type Told = (type: string, inputField: string) => boolean

/** What the log and the audit may tell the caller: of fields that they may not read it tells nothing, not even that they changed. */
export function visibleChangeFields({ registry, actor }: Reading): Told {
  const answers = new Map<string, boolean>()
  return (type, inputField) => {
    const key = `${type}.${inputField}`
    const known = answers.get(key)
    if (known !== undefined) return known
    const object = registry.objects.get(type)
    const told = object
      ? canReadFieldOfAllRecords(actor, object, fieldOf(registry, object, inputField))
      : can(actor, `${type.charAt(0).toLowerCase()}${type.slice(1)}:read`)
    answers.set(key, told)
    return told
  }
}

/** Field of the record that an input field sets: `pluginId` of `ownerId`. */
function fieldOf(registry: Registry, object: ObjectType, inputField: string): string {
  return writerOf(registry, object).logged.get(inputField)?.field ?? inputField
}
