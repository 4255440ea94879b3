import { isObjectType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { and, type Sql, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { forbidden } from '../../permissions/forbidden.ts'
import type { ObjectType, RecordType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import { columnsOfField, fieldConditions } from '../tables/shown-columns.ts'
import { pluginResolution } from './plugin-resolution.ts'
import { compileSelect, type SelectMap } from './select-map.ts'
import { SelectError } from './select-where.ts'

/** A field of a plugin's `schema` that is computed by code from what it selects of the record. */
export interface SelectedField {
  readonly plugin: Plugin
  /** Object that has the field. */
  readonly object: ObjectType
  readonly name: string
  /** Returns what the field selects, from its arguments. */
  readonly select: (args: Readonly<Record<string, unknown>>) => SelectMap
}

/**
 * Returns how the field is read: the statement reads what the field selects, and the field's `resolve` runs after it, for
 * all records of the answer together. The caller needs the permission to read each selected column of the record; where
 * the caller may read it on some records only, the field is null on the others.
 */
export function readSelected({ plugin, object, name, select }: SelectedField): FieldRead {
  return ({ reading, row, group, args, coordinate }) => {
    const map = select(args)
    const conditions: Sql[] = []
    const selected = compileSelect(
      { reading, models: reading.registry.models, pluginId: plugin.id },
      row,
      map,
      (column) => {
        conditions.push(...columnConditions(reading, object, row, column, plugin.id, coordinate))
        return row.column(column.name)
      },
    )
    const [typeName] = coordinate.split('.')
    const type = reading.schema.getType(typeName ?? object.name)
    const field = isObjectType(type) ? type.getFields()[name] : undefined
    if (!field) throw new Error(`${coordinate} is not in the schema.`)
    const resolution = pluginResolution(reading, plugin)
    return {
      sql: conditions.length > 0 ? sql`case when ${and(conditions)} then ${selected.sql} end` : selected.sql,
      shape: (value) =>
        value === null
          ? null
          : resolution.add({ typeName: object.name, field, parent: selected.shape(value), args, group }),
    }
  }
}

/** Columns of a record that every field may select. */
const FREE_COLUMNS: ReadonlySet<string> = new Set(['workspaceId', 'id', 'version'])

/**
 * Returns the conditions of the records on which the caller may read a selected column.
 * @throws GraphQLError FORBIDDEN when the caller may read the column on no record; SelectError when no field publishes
 * the column and it does not belong to the plugin.
 */
function columnConditions(
  reading: Reading,
  object: ObjectType,
  row: Parameters<FieldRead>[0]['row'],
  column: Column,
  pluginId: string,
  coordinate: string,
): readonly Sql[] {
  if (FREE_COLUMNS.has(column.name)) return []
  const fields = publishingFields(object, column)
  const [first] = fields
  if (first === undefined) {
    if (object.model.pluginId === pluginId) return []
    throw unpublished(object, column)
  }
  const readable = fields.flatMap((field) => {
    const conditions = fieldConditions(reading, { object, row }, field)
    return conditions ? [conditions] : []
  })
  const [conditions] = readable.sort((one, other) => one.length - other.length)
  if (conditions) return conditions
  throw forbidden(`${object.singular}.${first}:read`, `Reading ${coordinate}`)
}

function unpublished(object: RecordType, column: Column): SelectError {
  return new SelectError(`${object.name} publishes no field with the column ${column.name}, so it can't be selected.`)
}

/** Returns the names of the fields that publish a column. */
export function publishingFields(object: RecordType, column: Column): string[] {
  return [...object.fields.values()].flatMap((field) =>
    columnsOfField(object, field).includes(column.name) ? [field.name] : [],
  )
}
