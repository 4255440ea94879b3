import { rowOf } from '../data/row.ts'
import { decodeId } from '../declare/record-id.ts'
import { canOnEveryRecord } from '../permissions/record-access.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { InputSpec } from './input/input-specs.ts'
import { writerOf } from './input/writer.ts'

/** The value of an input field of a record of the type, as far as the caller may be told it. */
export type VisibleChangeValue = (type: string, inputField: string, value: unknown) => unknown

/**
 * What the log, the audit and conflicts tell of a value that leads to other records: the ids of an object are null for who
 * does not see all of its records. Which of them they see would take another statement.
 */
export function visibleChangeValues(reading: Reading): VisibleChangeValue {
  const seen = new Map<ObjectType, boolean>()
  const isSeen = (object: ObjectType) => {
    const known = seen.get(object) ?? canOnEveryRecord(reading, object, rowOf(reading.alias(), object.model), 'read')
    seen.set(object, known)
    return known
  }
  const toldId = (value: unknown) => {
    const decoded = typeof value === 'string' ? decodeId(value) : null
    const object = decoded ? reading.registry.prefixes.get(decoded.prefix) : undefined
    return object && isSeen(object) ? value : null
  }
  const told = (spec: InputSpec | undefined, value: unknown): unknown => {
    if (value === null || value === undefined || !spec) return value
    if (spec.kind === 'relation' || spec.kind === 'reference') return toldId(value)
    if (spec.kind !== 'items' || !Array.isArray(value)) return value
    const { inputName, specs } = spec.items
    if (inputName === null) return value.map(toldId)
    return value.map((part: unknown) =>
      Object.fromEntries(
        Object.entries(part ?? {}).map(([name, each]) => [
          name,
          told(
            specs.find((own) => own.name === name),
            each,
          ),
        ]),
      ),
    )
  }
  return (type, inputField, value) => {
    const object = reading.registry.objects.get(type)
    return told(object && writerOf(reading.registry, object).logged.get(inputField), value)
  }
}
