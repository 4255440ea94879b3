import type { Row } from '../../data/row.ts'
import { and, columnOf, empty, join, raw, type Sql, sql } from '../../data/sql.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { Reading } from '../reading.ts'
import type { GroupKey, Measure } from './aggregated-fields.ts'
import type { Aggregation } from './aggregations.ts'
import type { AggregateConversion } from './conversion.ts'
import { type AmountRate, joinRates, type RatesJoin } from './converted-amount.ts'
import { startOfPart } from './date-parts.ts'
import {
  type AggregatedRows,
  foreignKeyOf,
  grouped,
  groupParts,
  type Join,
  joinRelated,
  type RecordKey,
} from './group-rows.ts'
import { type LookedUp, startLookedUp } from './looked-up.ts'

/**
 * The query that forms groups, while an aggregate is compiled. Each value that the answer, its order or its conditions
 * need becomes a column of the query, once.
 */
export interface GroupedQuery {
  readonly reading: Reading
  readonly object: ObjectType
  readonly row: Row
  /** What amounts of money are converted to; null when they are not. */
  readonly conversion: AggregateConversion | null
  /** Returns the exchange rate of an amount in a row of the table. Only where amounts are converted. */
  rateOf(measure: Measure): AmountRate
  /** Returns the column of the query with the value of a key by which the query groups. */
  keyColumn(key: GroupKey): Sql
  /** Returns the column of the query with a value of a group. */
  column(aggregation: Aggregation): Sql
  /** Returns the value of a key in a row of the table, to be used in an aggregation of whole groups. */
  valueOf(key: GroupKey): Sql
  /** The records of keys that are selected with their fields. */
  readonly lookedUp: LookedUp
  /** Returns SQL of a JSON array: the groups, each in the form of `item`, then the records of `lookedUp`. */
  select(item: Sql, options: GroupedOptions): Sql
}

/** What a `GroupedQuery` has besides its columns. All of it is over columns of the query. */
export interface GroupedOptions {
  /** Conditions on groups. */
  readonly having: readonly Sql[]
  /** Terms of ORDER BY. */
  readonly order: readonly Sql[]
  /** Number of groups that are returned at most. */
  readonly limit: number
}

/** Starts the query over these rows, with these keys. */
export function startGroupedQuery(
  reading: Reading,
  object: ObjectType,
  rows: AggregatedRows,
  keys: readonly GroupKey[],
  conversion: AggregateConversion | null,
): GroupedQuery {
  const alias = reading.alias()
  const allGroups = reading.alias()
  const lookedUp = startLookedUp(reading)
  const { row } = rows
  const aggregations: Aggregation[] = []
  const columns = new Map<string, Sql>()
  const joinsToRows = new Map<string, Join>()
  const joinsOfRates = new Map<string, RatesJoin>()

  /** Returns SQL of the id of a related record that is joined to the rows. */
  function relatedId(key: RecordKey): Sql {
    const known = joinsToRows.get(key.name) ?? joinRelated(reading, key, foreignKeyOf(row, key))
    joinsToRows.set(key.name, known)
    return known.id
  }

  function rowValue(key: GroupKey): Sql {
    if (key.kind === 'record') return relatedId(key)
    const value = row.column(key.column.name)
    return key.kind === 'part' ? startOfPart(key.column, value, key.part, reading.actor.calendar) : value
  }

  function rateOf(measure: Measure): AmountRate {
    if (!conversion || !measure.currency)
      throw new Error(`Values of ${object.name}.${measure.of.name} are not converted.`)
    const { name } = measure.currency
    const known = joinsOfRates.get(name) ?? joinRates(reading, conversion.rates, row.column(name))
    joinsOfRates.set(name, known)
    return known.rate
  }

  /** Returns the rows, each with the exchange rates of its amounts. */
  function ratedRows(): AggregatedRows {
    return { ...rows, from: join([rows.from, ...[...joinsOfRates.values()].map((each) => each.sql)], '') }
  }

  /** Returns the groups, formed among the rows. */
  function groupRows({ from, conditions }: AggregatedRows): Sql {
    const values = [...keys.map(rowValue), ...aggregations.map(({ whole }) => whole)]
    const joined = [...joinsToRows.values()].map((each) => each.sql)
    return grouped(values, 'c', join([from, ...joined], ''), conditions, keys.length)
  }

  return {
    reading,
    object,
    row,
    conversion,
    rateOf,
    valueOf: rowValue,
    keyColumn(key) {
      const index = keys.indexOf(key)
      if (index < 0) throw new Error(`The groups of ${object.name} are not formed by ${key.name}.`)
      return columnOf(alias, `c${index + 1}`)
    },
    column(aggregation) {
      const text = JSON.stringify([aggregation.whole.sql, aggregation.whole.values])
      const column = columns.get(text) ?? columnOf(alias, `c${keys.length + aggregations.push(aggregation)}`)
      columns.set(text, column)
      return column
    },
    lookedUp,
    select(item, { having, order, limit }) {
      const rated = ratedRows()
      const groups = groupParts(reading, rated, keys, aggregations, rowValue) ?? groupRows(rated)
      const only = having.length === 0 ? empty : sql` where ${and(having)}`
      const ordered = order.length === 0 ? empty : sql` order by ${join(order)}`
      // All groups are formed before the first ones are known. MATERIALIZED makes PostgreSQL plan for that: because of
      // the limit, it would otherwise sort all rows by the keys, to be done sooner.
      const all = sql`${allGroups} as materialized (${groups})`
      const returned = sql`${alias} as materialized (select * from ${allGroups} ${alias}${only}${ordered} limit ${raw(String(limit))})`
      const values = [sql`(select json_agg(${item}) from ${alias})`, ...lookedUp.select(alias)]
      return sql`(with ${all}, ${returned} select json_build_array(${join(values)}))`
    },
  }
}
