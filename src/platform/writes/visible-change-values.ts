import { rowOf } from '../data/row.ts'
import { decodeId } from '../declare/record-id.ts'
import { canOnEveryRecord } from '../permissions/record-access.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { InputSpec } from './input/input-specs.ts'
import { writerOf } from './input/writer.ts'

/**
 * Returns a value from the log, without ids of records that the caller may not see.
 * @param type Name of the object of the changed record.
 * @param inputField Input field that was changed.
 */
export type VisibleChangeValue = (type: string, inputField: string, value: unknown) => unknown

/**
 * Returns a function that removes record ids from values in the log, the audit and conflicts. An id becomes null unless
 * the caller may read all records of its object. It becomes null even if this record is visible to the caller: to find
 * that out would need another statement.
 */
export function visibleChangeValues(reading: Reading): VisibleChangeValue {
  const cache = new Map<ObjectType, boolean>()
  const canReadAll = (object: ObjectType) => {
    const canRead = cache.get(object) ?? canOnEveryRecord(reading, object, rowOf(reading.alias(), object.model), 'read')
    cache.set(object, canRead)
    return canRead
  }
  const visibleId = (value: unknown) => {
    const decoded = typeof value === 'string' ? decodeId(value) : null
    const object = decoded ? reading.registry.prefixes.get(decoded.prefix) : undefined
    return object && canReadAll(object) ? value : null
  }
  const visibleValue = (spec: InputSpec | undefined, value: unknown): unknown => {
    if (value === null || value === undefined || !spec) return value
    if (spec.kind === 'relation' || spec.kind === 'reference') return visibleId(value)
    if (spec.kind !== 'items' || !Array.isArray(value)) return value
    const { inputName, specs } = spec.items
    if (inputName === null) return value.map(visibleId)
    return value.map((item: unknown) =>
      Object.fromEntries(
        Object.entries(item ?? {}).map(([name, itemValue]) => [
          name,
          visibleValue(
            specs.find((itemSpec) => itemSpec.name === name),
            itemValue,
          ),
        ]),
      ),
    )
  }
  return (type, inputField, value) => {
    const object = reading.registry.objects.get(type)
    return visibleValue(object && writerOf(reading.registry, object).logged.get(inputField), value)
  }
}
