import { isRecordOf, rowOf, tableOf } from '../../data/row.ts'
import { and, join, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { SelectContext } from '../../declare/plugin-context.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { listOf } from '../fields/list-fields.ts'
import { compileRecord } from '../record.ts'
import { requestContext } from './plugin-resolution.ts'
import { compileQuery, visibleRows } from './select-map.ts'
import { columnConditions } from './selected-columns.ts'
import { failingAlone } from './selected-field.ts'
import { relationNamed } from './selected-relation.ts'

/** A field of a plugin's `schema` that leads to other records by a relation of the models. */
export interface RelationField {
  readonly plugin: Plugin
  /** Object that has the field. */
  readonly object: ObjectType
  /** Object that the relation leads to. */
  readonly target: ObjectType
  /** Name of the relation in the composed schema. */
  readonly relation: string
  /** Returns the `where`, `orderBy`, `take` and `skip` of the field, from its arguments and the request. */
  readonly query: (args: Readonly<Record<string, unknown>>, context: SelectContext) => Readonly<Record<string, unknown>>
}

/** Number of records at most, when a field says nothing else. */
export const DEFAULT_TAKE = 100

/**
 * Returns how the field is read: the records that are visible to the caller, with what the client selects of them. Which
 * record belongs to which is told by the column of the relation, so the caller needs the permission to read that.
 */
export function readRelation({ plugin, object, target, relation, query }: RelationField): FieldRead {
  return failingAlone(plugin, ({ reading, row, group, args, coordinate }) => {
    const { models } = reading.registry
    const { key, joins, isList } = relationNamed(models, row.model, relation)
    const record = rowOf(reading.alias(), target.model)
    // The relation, conditions and order use the values that the caller may read, so that they tell nothing of the others.
    const shown = rowOf(reading.alias(), target.model)
    const options = compileQuery(
      shown,
      query(args, requestContext(reading, plugin, coordinate)),
      relation,
      DEFAULT_TAKE,
    )
    const selected = compileRecord(reading, target, record, group)
    const readable = key ? columnConditions(reading, row, { pluginId: plugin.id, object, coordinate }, key) : []
    const conditions = [
      joins(row, shown),
      isRecordOf(shown, record, record.column('id')),
      ...readable,
      ...options.conditions,
      ...visibilityConditions(reading, target, record),
    ]
    const from = sql`from ${tableOf(target, record)}, ${visibleRows({ reading, models, pluginId: plugin.id }, shown)} where ${and(conditions)}`
    if (!isList) return { sql: sql`(select ${selected.sql} ${from})`, shape: selected.shape }
    const rows = sql`select ${selected.sql} as item ${from} order by ${join([...options.order])}${options.page}`
    return listOf(rows, selected.shape)
  })
}
