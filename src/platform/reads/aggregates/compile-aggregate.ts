import { sql } from '../../data/sql.ts'
import type { Compiled, FieldRead, Place } from '../../declare/objects/field-read.ts'
import { badUserInput } from '../../errors.ts'
import { requireAggregatable } from '../../permissions/field-use.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { FieldGroup } from '../collect.ts'
import { oneRecord } from '../fields/one-fields.ts'
import { entriesOf } from '../filter/operands.ts'
import { orderTerms } from '../order/order.ts'
import { asIs, elementsOf } from '../reading.ts'
import { selectedRows } from '../root.ts'
import { type AnswerField, assemble, subfields } from '../select.ts'
import { aggregateTypes } from './aggregate-type-names.ts'
import { compileValue, countDistinct } from './aggregate-values.ts'
import { AGGREGATE_FUNCTIONS, countedKeys, type GroupKey, groupKeys, measures } from './aggregated-fields.ts'
import { COUNT } from './aggregations.ts'
import { conversionOf } from './conversion.ts'
import { withConversion } from './conversion-answer.ts'
import { compileGroupOrder, compileHaving, type Grouping } from './group-conditions.ts'
import { type GroupedQuery, startGroupedQuery } from './grouped-query.ts'

/** Number of groups that an aggregate returns at most: without the argument `first`, and the largest `first`. */
export const GROUP_LIMITS = { default: 100, max: 1_000 }
/** Keys that `groupBy` takes at most. */
const MAX_KEYS = 5

/**
 * Returns how the aggregate of an object is read, such as `accountAggregate(…)`: one subquery that forms the groups
 * among the records that the caller may see.
 */
export function readAggregate(object: ObjectType): FieldRead {
  return (place) => {
    const { reading, args, group } = place
    // How many rows there are to read depends on the values of the filter. With a plan for any values, PostgreSQL reads
    // most of a table row by row by an index. Planning takes much less time than reading.
    reading.planning.when = 'each execution'
    const limit = limitOf(args['first'])
    const grouping = groupingOf(place, object)
    const conversion = conversionOf(place)
    const query = startGroupedQuery(reading, object, selectedRows(place, object), grouping.keys, conversion)
    const types = aggregateTypes(object)
    const selected = [...subfields(reading, types.aggregate, group)]
    const groups = selected
      .filter(([, [node]]) => node.name.value === 'groups')
      .map(([key, fields]) => ({ key, compiled: compileGroup(query, grouping.keys, fields) }))
    const having = compileHaving(query, grouping, args['having'])
    const order = compileGroupOrder(query, grouping, orderTerms(args['orderBy']))
    const item = assemble(groups)
    // One group more than the limit is read to find out if there are more.
    const compiled: Compiled = {
      sql: query.select(item.sql, { having, order, limit: limit + 1 }),
      shape(value) {
        const [all, ...records] = elementsOf(value)
        query.lookedUp.use(records)
        const found = all === null ? [] : elementsOf(all)
        const shown = found.slice(0, limit).map((each) => Object(item.shape(each)))
        return Object.fromEntries(
          selected.map(([key, [node]]) => {
            const name = node.name.value
            if (name === 'groups') return [key, shown.map((each) => Reflect.get(each, key))]
            if (name === 'conversion') return [key, null]
            return [key, name === 'hasMore' ? found.length > limit : types.aggregate]
          }),
        )
      },
    }
    return conversion ? withConversion(place, object, conversion, compiled, selected) : compiled
  }
}

function limitOf(first: unknown): number {
  if (typeof first !== 'number') return GROUP_LIMITS.default
  if (first < 0 || first > GROUP_LIMITS.max)
    throw badUserInput(`first takes 0 to ${GROUP_LIMITS.max} groups, not ${first}.`)
  return first
}

function groupingOf({ reading, args }: Place, object: ObjectType): Grouping {
  const named: readonly unknown[] = Array.isArray(args['groupBy']) ? args['groupBy'] : []
  if (named.length > MAX_KEYS) throw badUserInput(`groupBy takes ${MAX_KEYS} keys at most, not ${named.length}.`)
  const all = groupKeys(object)
  const keys = named.map((name, index): GroupKey => {
    const key = all.get(String(name))
    if (!key) throw badUserInput(`${object.name} can't be grouped by ${String(name)}.`)
    if (named.indexOf(name) !== index) throw badUserInput(`groupBy names ${String(name)} twice.`)
    requireAggregatable(reading, object, key.of.name)
    return key
  })
  const filtered = entriesOf(args['filter'] ?? {}).flatMap(([name, conditions]) =>
    measures(object).get(name)?.currency && isOneCurrency(conditions) ? [name] : [],
  )
  const grouped = keys.flatMap(({ kind, of }) => (kind === 'currency' ? [of.name] : []))
  return { keys, oneCurrency: new Set([...filtered, ...grouped]) }
}

/** Whether the conditions on an amount of money say which currency it has. */
function isOneCurrency(conditions: unknown): boolean {
  return entriesOf(conditions ?? {}).some(
    ([name, currency]) =>
      name === 'currency' &&
      entriesOf(currency ?? {}).some(([operator, code]) => operator === 'equals' && typeof code === 'string'),
  )
}

/** Compiles what a client selects of a group. */
function compileGroup(query: GroupedQuery, keys: readonly GroupKey[], group: FieldGroup): Compiled {
  const { reading, object } = query
  const types = aggregateTypes(object)
  return assemble(
    select(query, types.group, group, (name, fields) => {
      if (name === 'count') return { sql: query.column(COUNT), shape: asIs }
      if (name === 'key')
        return assemble(select(query, types.key, fields, (field, nodes) => compileKey(query, keys, field, nodes)))
      if (name === 'countDistinct')
        return assemble(select(query, types.distinctCounts, fields, (field) => compileDistinct(query, field)))
      const aggregate = AGGREGATE_FUNCTIONS.find((each) => each === name)
      if (!aggregate) throw new Error(`A group of ${object.name} has no field ${name}.`)
      const type = aggregate === 'sum' || aggregate === 'avg' ? types.totals : types.extremes
      return assemble(
        select(query, type, fields, (field, nodes) => {
          const measure = measures(object).get(field)
          if (!measure) throw new Error(`A group of ${object.name} has no ${name} of ${field}.`)
          requireAggregatable(reading, object, field)
          return compileValue(query, aggregate, measure, nodes)
        }),
      )
    }),
  )
}

/** Compiles the fields that a group of nodes selects on a type. */
function select(
  { reading }: GroupedQuery,
  typeName: string,
  group: FieldGroup,
  compile: (name: string, group: FieldGroup) => Compiled,
): AnswerField[] {
  return [...subfields(reading, typeName, group)].map(([key, fields]) => {
    const name = fields[0].name.value
    return { key, compiled: name === '__typename' ? { typename: typeName } : compile(name, fields) }
  })
}

/** Compiles a field of a group's key: null where `groupBy` does not name it. */
function compileKey(query: GroupedQuery, keys: readonly GroupKey[], field: string, group: FieldGroup): Compiled {
  const { reading, object } = query
  const key = [...groupKeys(object).values()].find((each) => each.field === field)
  if (!key) throw new Error(`Groups of ${object.name} have no key ${field}.`)
  requireAggregatable(reading, object, key.of.name)
  if (!keys.includes(key)) return { sql: sql`null`, shape: () => null }
  const value = query.keyColumn(key)
  if (key.kind !== 'record') return { sql: value, shape: asIs }
  return query.lookedUp.add(value, (id) =>
    oneRecord({ reading, group }, objectNamed(reading.registry, key.of.object), (related) => [
      sql`${related.column('workspaceId')} = ${reading.actor.workspaceId}::uuid`,
      sql`${related.column('id')} = ${id}`,
    ]),
  )
}

function compileDistinct(query: GroupedQuery, field: string): Compiled {
  const key = countedKeys(query.object).get(field)
  if (!key) throw new Error(`Groups of ${query.object.name} have no number of different values of ${field}.`)
  requireAggregatable(query.reading, query.object, field)
  return { sql: query.column(countDistinct(query, key)), shape: asIs }
}
