import { type Row, rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, columnOf, empty, ident, join, raw, type Sql, sql } from '../../data/sql.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Reading } from '../reading.ts'
import type { GroupKey } from './aggregated-fields.ts'
import { startOfPart } from './date-parts.ts'

/** The rows that an aggregate counts: the records of a list, without its order and pages. */
export interface AggregatedRows {
  readonly row: Row
  readonly from: Sql
  readonly conditions: readonly Sql[]
}

/**
 * The query that forms groups, while an aggregate is compiled. Each expression that the answer needs becomes a column
 * of the query, once.
 */
export interface GroupedQuery {
  readonly reading: Reading
  readonly object: ObjectType
  readonly row: Row
  /** Returns SQL of a column of the query for the expression, to be used outside of the query. */
  column(expression: Sql): Sql
  /** Returns the number of a column of the query for the expression, to be used in ORDER BY of the query. */
  numberOf(expression: Sql): Sql
  /** Returns the value of a key in a row of the table, to be used in expressions. */
  valueOf(key: GroupKey): Sql
  /** Returns the query as a FROM item. */
  from(options: GroupedOptions): Sql
}

/** What a `GroupedQuery` has besides its columns. */
export interface GroupedOptions {
  /** Conditions on groups. */
  readonly having: readonly Sql[]
  /** Terms of ORDER BY. */
  readonly order: readonly Sql[]
  /** Number of groups that are returned at most. */
  readonly limit: number
}

/** Starts the query over these rows. Its first columns are the values of the keys. */
export function startGroupedQuery(
  reading: Reading,
  object: ObjectType,
  rows: AggregatedRows,
  keys: readonly GroupKey[],
): GroupedQuery {
  const alias = reading.alias()
  const { row } = rows
  const columns: Sql[] = []
  const numbers = new Map<string, number>()
  const joins = new Map<string, { readonly sql: Sql; readonly id: Sql }>()

  function numberOf(expression: Sql): number {
    const text = JSON.stringify([expression.sql, expression.values])
    const number = numbers.get(text) ?? columns.push(expression)
    numbers.set(text, number)
    return number
  }

  /** Returns SQL of the id of a related record; null where the caller may not see it, as in the field of a record. */
  function relatedId(field: Extract<Field, { kind: 'one' }>): Sql {
    const known = joins.get(field.name)
    if (known) return known.id
    const target = objectNamed(reading.registry, field.object)
    const related = rowOf(reading.alias(), target.model)
    const condition = and([
      sql`${workspaceOf(related)} = ${workspaceOf(row)}`,
      sql`${related.column('id')} = ${row.column(foreignKey(row.model, field.relation).name)}`,
      ...visibilityConditions(reading, target, related),
    ])
    const id = related.column('id')
    joins.set(field.name, { sql: sql` left join ${tableOf(target, related)} on ${condition}`, id })
    return id
  }

  function keyValue(key: GroupKey): Sql {
    if (key.kind === 'record') return relatedId(key.of)
    const value = row.column(key.column.name)
    return key.kind === 'part' ? startOfPart(key.column, value, key.part, reading.actor.calendar) : value
  }

  for (const key of keys) numberOf(keyValue(key))
  return {
    reading,
    object,
    row,
    column: (expression) => columnOf(alias, `c${numberOf(expression)}`),
    numberOf: (expression) => raw(String(numberOf(expression))),
    valueOf: keyValue,
    from({ having, order, limit }) {
      const list = columns.map((expression, index) => sql`${expression} as ${ident(`c${index + 1}`)}`)
      const joined = join([rows.from, ...[...joins.values()].map((each) => each.sql)], '')
      // By number, because PostgreSQL does not see that two expressions with parameters are the same.
      const grouped = keys.length === 0 ? empty : sql` group by ${join(keys.map((_, index) => raw(String(index + 1))))}`
      const only = having.length === 0 ? empty : sql` having ${and(having)}`
      const ordered = order.length === 0 ? empty : sql` order by ${join(order)}`
      return sql`(select ${list.length === 0 ? empty : join(list)} from ${joined} where ${and(rows.conditions)}${grouped}${only}${ordered} limit ${raw(String(limit))}) ${alias}`
    },
  }
}
