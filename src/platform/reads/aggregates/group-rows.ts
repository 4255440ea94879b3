import { inSameWorkspace, type Row, rowOf, tableOf } from '../../data/row.ts'
import { and, columnOf, empty, ident, join, raw, type Sql, sql } from '../../data/sql.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { foreignKey } from '../../registry/columns.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Reading } from '../reading.ts'
import type { GroupKey } from './aggregated-fields.ts'
import type { Aggregation } from './aggregations.ts'

/** The rows that an aggregate counts: the records of a list, without its order and pages. */
export interface AggregatedRows {
  readonly row: Row
  readonly from: Sql
  readonly conditions: readonly Sql[]
}

/** A key that is a related record. */
export type RecordKey = Extract<GroupKey, { kind: 'record' }>

/** A related record that is joined to rows or to parts of groups. */
export interface Join {
  readonly sql: Sql
  /** The id of the record; null where the caller may not see it, as in the field of a record. */
  readonly id: Sql
}

/**
 * Returns the groups, formed in two steps: first by the foreign keys, then by the related records that the caller may
 * see. So a related record is looked up once for each part of a group instead of once for each row. Returns null where
 * this is not possible: without a related record, or with values that parts of a group don't determine.
 */
export function groupParts(
  reading: Reading,
  { row, from, conditions }: AggregatedRows,
  keys: readonly GroupKey[],
  aggregations: readonly Aggregation[],
  rowValue: (key: GroupKey) => Sql,
): Sql | null {
  const inParts = aggregations.flatMap(({ parts }) => (parts ? [parts] : []))
  if (inParts.length < aggregations.length || !keys.some(({ kind }) => kind === 'record')) return null
  const alias = reading.alias()
  const values = [
    ...keys.map((key) => (key.kind === 'record' ? foreignKeyOf(row, key) : rowValue(key))),
    ...inParts.flatMap((parts) => parts.values),
  ]
  const columns = values.map((_, index) => columnOf(alias, `p${index + 1}`))
  const joins: Sql[] = []
  const merged = keys.map((key, index) => {
    const column = columns[index] ?? empty
    if (key.kind !== 'record') return column
    const related = joinRelated(reading, key, column)
    joins.push(related.sql)
    return related.id
  })
  let next = keys.length
  for (const parts of inParts) {
    merged.push(parts.merge(columns.slice(next, next + parts.values.length)))
    next += parts.values.length
  }
  const partsOfGroups = sql`(${grouped(values, 'p', from, conditions, keys.length)}) ${alias}`
  return grouped(merged, 'c', join([partsOfGroups, ...joins], ''), [], keys.length)
}

/** Returns the foreign key of the related record in a row. */
export function foreignKeyOf(row: Row, { of }: RecordKey): Sql {
  return row.column(foreignKey(row.model, of.relation).name)
}

/** Returns the join of a related record that the caller may see. */
export function joinRelated(reading: Reading, { of }: RecordKey, id: Sql): Join {
  const target = objectNamed(reading.registry, of.object)
  const related = rowOf(reading.alias(), target.model)
  const condition = and([
    inSameWorkspace(reading, related),
    sql`${related.column('id')} = ${id}`,
    ...visibilityConditions(reading, target, related),
  ])
  return { sql: sql` left join ${tableOf(target, related)} on ${condition}`, id: related.column('id') }
}

/**
 * Returns a query that groups by its first columns. It names the columns with a prefix and their number.
 * @param keyCount number of the columns by which it groups
 */
export function grouped(
  columns: readonly Sql[],
  prefix: string,
  from: Sql,
  conditions: readonly Sql[],
  keyCount: number,
): Sql {
  const list = columns.map((column, index) => sql`${column} as ${ident(`${prefix}${index + 1}`)}`)
  const only = conditions.length === 0 ? empty : sql` where ${and(conditions)}`
  // By number, because PostgreSQL does not see that two expressions with parameters are the same.
  const by = Array.from({ length: keyCount }, (_, index) => raw(String(index + 1)))
  return sql`select ${list.length === 0 ? empty : join(list)} from ${from}${only}${by.length === 0 ? empty : sql` group by ${join(by)}`}`
}
