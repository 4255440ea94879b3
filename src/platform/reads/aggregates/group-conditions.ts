import type { Column } from '../../data/models/models.ts'
import { type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'
import { requireAggregatable } from '../../permissions/field-use.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { entriesOf } from '../filter/operands.ts'
import { scalarCondition } from '../filter/scalar-condition.ts'
import type { OrderTerm } from '../order/order.ts'
import { aggregationOf, countDistinct } from './aggregate-values.ts'
import {
  countedKeys,
  functionsOf,
  type GroupKey,
  groupKeys,
  type Measure,
  measures,
  valueName,
} from './aggregated-fields.ts'
import { type Aggregation, COUNT } from './aggregations.ts'
import type { GroupedQuery } from './grouped-query.ts'

/** A value of a group that `having` and `orderBy` can name. */
export interface GroupValue {
  /** Name of the field whose values it is computed from; null for the number of records. */
  readonly field: string | null
  /** The measure, for a function over a measure; null for a number of records or of different values. */
  readonly measure: Measure | null
  /** Column with the type of the value. */
  readonly column: Pick<Column, 'type'>
  readonly aggregation: (query: GroupedQuery) => Aggregation
}

/** Returns the values of a group that `having` and `orderBy` can name, by name. */
export function groupValues(object: ObjectType): ReadonlyMap<string, GroupValue> {
  const values = new Map<string, GroupValue>()
  values.set('count', { field: null, measure: null, column: { type: 'int' }, aggregation: () => COUNT })
  for (const [field, measure] of measures(object))
    for (const aggregate of functionsOf(object, measure)) {
      const { type } = measure.column
      const isComputed = aggregate === 'sum' || aggregate === 'avg'
      values.set(valueName(aggregate, field), {
        field,
        measure,
        column: { type: isComputed && type !== 'float' ? 'decimal' : type },
        aggregation: (query) => aggregationOf(query, aggregate, measure),
      })
    }
  for (const [field, key] of countedKeys(object))
    values.set(valueName('countDistinct', field), {
      field,
      measure: null,
      column: { type: 'int' },
      aggregation: (query) => countDistinct(query, key),
    })
  return values
}

/** The arguments that decide about groups. */
export interface Grouping {
  readonly keys: readonly GroupKey[]
  /** Names of the fields with money whose amounts all have the same currency within a group. */
  readonly oneCurrency: ReadonlySet<string>
}

/**
 * Compiles the argument `having`.
 * @throws GraphQLError FORBIDDEN when the caller may not aggregate a field; BAD_USER_INPUT for amounts of money that
 * may have several currencies.
 */
export function compileHaving(query: GroupedQuery, grouping: Grouping, having: unknown): Sql[] {
  const values = groupValues(query.object)
  return entriesOf(having).flatMap(([name, conditions]) => {
    if (conditions === null || conditions === undefined) return []
    const value = values.get(name)
    if (!value) throw badUserInput(`Groups of ${query.object.name} have no value ${name}.`)
    requireComparable(query, grouping, value, `having.${name}`)
    const id = query.object.model.columns.get('id')
    if (!id) throw new Error(`Model ${query.object.model.name} has no column id.`)
    const column: Column = { ...id, ...value.measure?.column, name, isList: false, enumName: null, ...value.column }
    return [scalarCondition(column, query.column(value.aggregation(query)), conditions, null)]
  })
}

/**
 * Compiles the argument `orderBy`: the terms, then the keys, so that groups always have the same order. Groups without
 * a value come last.
 * @throws GraphQLError as `compileHaving`; BAD_USER_INPUT for a key that `groupBy` does not name.
 */
export function compileGroupOrder(query: GroupedQuery, grouping: Grouping, terms: readonly OrderTerm[]): Sql[] {
  const values = groupValues(query.object)
  const order = terms.map(({ field: name, direction }) => {
    const value = values.get(name)
    if (value) {
      requireComparable(query, grouping, value, `orderBy.${name}`)
      return byValue(query.column(value.aggregation(query)), direction)
    }
    const key = grouping.keys.find(({ field }) => field === name)
    if (key) return byValue(query.keyColumn(key), direction)
    throw badUserInput(
      `orderBy names ${name}, by which the records are not grouped. Add it to groupBy, or leave it out of orderBy.`,
    )
  })
  return [...order, ...grouping.keys.map((key) => byValue(query.keyColumn(key), 'ASC'))]
}

function byValue(value: Sql, direction: OrderTerm['direction']): Sql {
  return sql`${value} ${direction === 'DESC' ? sql`desc` : sql`asc`} nulls last`
}

/**
 * Throws unless groups may be compared by the value.
 * @param place where the value is named, for the message, such as `having.sumAmount`
 */
function requireComparable(
  { reading, object, conversion }: GroupedQuery,
  grouping: Grouping,
  value: GroupValue,
  place: string,
): void {
  if (value.field === null) return
  requireAggregatable(reading, object, value.field)
  if (value.measure?.kind !== 'money') return
  if (conversion) conversion.compared.add(value.measure)
  if (conversion || grouping.oneCurrency.has(value.field)) return
  const key = [...groupKeys(object).values()].find(({ kind, of }) => kind === 'currency' && of === value.measure?.of)
  throw badUserInput(
    `${place} compares amounts, which may be in several currencies. Add ${key?.name ?? 'their currency'} to groupBy, convert them with convertTo, or filter by one currency: { ${value.field}: { currency: { equals: "EUR" } } }.`,
  )
}
