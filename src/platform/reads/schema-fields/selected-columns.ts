import type { Column } from '../../data/models/models.ts'
import type { Row } from '../../data/row.ts'
import type { Sql } from '../../data/sql.ts'
import { forbidden } from '../../permissions/forbidden.ts'
import { columnsOfField } from '../../registry/columns.ts'
import type { ObjectType, RecordType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import { alwaysShown, fieldConditions } from '../tables/shown-columns.ts'
import { SelectError } from './select-where.ts'

/** The field that selects a column of its record, for permissions and messages. */
export interface SelectingField {
  readonly pluginId: string
  /** Object that has the field. */
  readonly object: ObjectType
  /** `<Type>.<field>` */
  readonly coordinate: string
}

/**
 * Returns the conditions of the records on which the caller may read a column that a field selects.
 * @throws GraphQLError FORBIDDEN when the caller may read the column on no record; SelectError when no field publishes
 * the column and it does not belong to the plugin.
 */
export function columnConditions(reading: Reading, row: Row, field: SelectingField, column: Column): readonly Sql[] {
  const { object, coordinate } = field
  const fields = fieldsToRead(field, column)
  const [first] = fields
  if (first === undefined) return []
  const readable = fields.flatMap((name) => {
    const conditions = fieldConditions(reading, { object, row }, name)
    return conditions ? [conditions] : []
  })
  const [conditions] = readable.sort((one, other) => one.length - other.length)
  if (conditions) return conditions
  throw forbidden(`${object.singular}.${first}:read`, `Reading ${coordinate}`)
}

/**
 * Checks without a caller that a field may select a column.
 * @throws SelectError when the column is not published, or belongs to a sensitive field and the selecting field is not
 * sensitive.
 */
export function checkColumn(field: SelectingField, isSensitive: boolean, column: Column): void {
  const { object } = field
  const sensitive = fieldsToRead(field, column).find((name) => object.fields.get(name)?.isSensitive)
  if (sensitive !== undefined && !isSensitive)
    throw new SelectError(
      `it selects ${object.name}.${sensitive}, which is sensitive. Declare it \`sensitive: true\` too.`,
    )
}

/**
 * Returns the names of the fields of which the caller needs to read one, because they publish the column; none for a
 * column that everybody who sees the record may read, and for an unpublished column of the plugin.
 */
function fieldsToRead({ object, pluginId }: SelectingField, column: Column): readonly string[] {
  if (alwaysShown(object).includes(column.name)) return []
  const fields = publishingFields(object, column)
  if (fields.length === 0 && object.model.pluginId !== pluginId)
    throw new SelectError(`it selects ${object.name}.${column.name}, which no field of the API publishes.`)
  return fields
}

/** Returns the names of the fields that publish a column. */
function publishingFields(object: RecordType, column: Column): string[] {
  return [...object.fields.values()].flatMap((field) =>
    columnsOfField(object, field).includes(column.name) ? [field.name] : [],
  )
}
