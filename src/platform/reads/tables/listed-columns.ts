import { type Row, recordExists, rowOf } from '../../data/row.ts'
import { or, type Sql, sql } from '../../data/sql.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { columnOrForeignKey } from '../../registry/columns.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'

/** A field of an object that lists records of another object: those that have the record's id in a column. */
interface ListingField {
  readonly object: ObjectType
  readonly field: string
}

const listingByObject = new WeakMap<ObjectType, ReadonlyMap<string, readonly ListingField[]>>()

/**
 * Returns the fields that list the records of an object, by the column with the id of the record that has the list. Such
 * as `selfId` of `RelationshipSide` for `Contact.relationships`.
 */
export function listingFields(registry: Registry, listed: ObjectType): ReadonlyMap<string, readonly ListingField[]> {
  const cached = listingByObject.get(listed)
  if (cached) return cached
  const fields = new Map<string, ListingField[]>()
  for (const object of registry.objects.values())
    for (const { kind, name, ...field } of object.fields.values()) {
      if (kind !== 'declared' || !('declaration' in field) || field.declaration.kind !== 'many') continue
      const { by, object: target } = field.declaration
      if (by === undefined || target !== listed.name) continue
      const column = columnOrForeignKey(listed.model, by).name
      fields.set(column, [...(fields.get(column) ?? []), { object, field: name }])
    }
  listingByObject.set(listed, fields)
  return fields
}

/**
 * Returns SQL for the id of the record that lists a row: null where that record, or its list, is not visible to the
 * caller.
 */
export function listedValue(reading: Reading, row: Row, column: string, fields: readonly ListingField[]): Sql {
  const value = row.column(column)
  const lists = fields.flatMap(({ object, field }) => {
    if (!canReadFieldOfAllRecords(reading.actor, object, field)) return []
    const owner = rowOf(reading.alias(), object.model)
    return [recordExists(owner, row, value, visibilityConditions(reading, object, owner))]
  })
  return sql`case when ${or(lists)} then ${value} end`
}
