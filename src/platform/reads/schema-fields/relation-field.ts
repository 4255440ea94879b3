import { rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, join, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { listOf } from '../fields/list-fields.ts'
import { compileRecord } from '../record.ts'
import { compileQuery, relationNamed, visibleRows } from './select-map.ts'

/** A field of a plugin's `schema` that leads to other records by a relation of the models. */
export interface RelationField {
  readonly plugin: Plugin
  /** Object that the relation leads to. */
  readonly target: ObjectType
  /** Name of the relation in the composed schema. */
  readonly relation: string
  /** Returns the `where`, `orderBy`, `take` and `skip` of the field, from its arguments. */
  readonly query: (args: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
}

/** Returns how the field is read: the records that are visible to the caller, with what the client selects of them. */
export function readRelation({ plugin, target, relation, query }: RelationField): FieldRead {
  return ({ reading, row, group, args }) => {
    const { models } = reading.registry
    const { joins, isList } = relationNamed(models, row.model, relation)
    const record = rowOf(reading.alias(), target.model)
    // Conditions and order use the values that the caller may read, so that they tell nothing of the others.
    const shown = rowOf(reading.alias(), target.model)
    const options = compileQuery(shown, query(args), relation)
    const selected = compileRecord(reading, target, record, group)
    const conditions = [
      joins(row, record),
      sql`${workspaceOf(shown)} = ${workspaceOf(record)}`,
      sql`${shown.column('id')} = ${record.column('id')}`,
      ...options.conditions,
      ...visibilityConditions(reading, target, record),
    ]
    const from = sql`from ${tableOf(target, record)}, ${visibleRows({ reading, models, pluginId: plugin.id }, shown)} where ${and(conditions)}`
    if (!isList) return { sql: sql`(select ${selected.sql} ${from})`, shape: selected.shape }
    const rows = sql`select ${selected.sql} as item ${from} order by ${join([...options.order])}${options.page}`
    return listOf(rows, selected.shape)
  }
}
