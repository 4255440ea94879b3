import { GUARDED_BY_PARENT } from '../../permissions/guard.ts'
import { type AggregateTypes, aggregateTypes } from '../../reads/aggregates/aggregate-type-names.ts'
import {
  type AggregateFunction,
  countedKeys,
  functionsOf,
  type GroupKey,
  groupKeys,
  type Measure,
  measures,
} from '../../reads/aggregates/aggregated-fields.ts'
import type { Answer } from '../../reads/reading.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { pluralWords, words } from '../descriptions.ts'
import { claimType, ownedBy } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { guardOf } from '../outputs/record-fields.ts'
import { columnType, type OutputField, type TypeStore, typeOfColumnField } from '../types.ts'
import { conversionFields } from './conversion-types.ts'
import { partText } from './part-text.ts'

/** Defines the output types of an object's aggregate: its groups with their keys and values. */
export function defineAggregateTypes(store: TypeStore, object: ObjectType): void {
  const types = aggregateTypes(object)
  const records = pluralWords(object)
  const define = (name: string, description: string, fields: readonly OutputField[]) =>
    defineAggregateType(store, object, name, description, fields)
  const totals = measuredFields(object, 'sum')
  const extremes = measuredFields(object, 'min')
  const counts = [...countedKeys(object).values()].map((key) => countField(object, key))
  const keys = [...groupKeys(object).values()].map((key) => keyField(object, key))
  define(types.totals, `Sums or averages of values of ${records}, over a group.`, totals)
  define(types.extremes, `Least or greatest values of ${records} of a group.`, extremes)
  define(types.distinctCounts, `Numbers of different values of ${records} of a group.`, counts)
  define(
    types.key,
    `What the ${records} of a group have in common. A field is null where \`groupBy\` does not name it, and where the records have no value or the caller may not see the related record.`,
    keys,
  )
  define(types.group, `A group of ${records}.`, groupFields(types, { keys, totals, extremes, counts }))
  define(types.aggregate, `Groups of the ${records} that the caller may see.`, [
    {
      name: 'groups',
      description: `The groups. Without \`groupBy\` there is one group, of all records.`,
      type: types.group,
      list: 'of non-null',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'hasMore',
      description: 'Whether there are more groups than `first`.',
      type: 'Boolean',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    ...conversionFields(store, object),
  ])
}

/** Defines a type, unless it has no field: GraphQL allows no such type. */
function defineAggregateType(
  store: TypeStore,
  object: ObjectType,
  name: string,
  description: string,
  fields: readonly OutputField[],
): void {
  if (fields.length === 0) return
  claimType(store.claims, name, object.pluginId, object)
  const ref = store.builder.objectRef<Answer>(name)
  store.outputs.set(name, ref)
  ref.implement({
    ...ownedBy(store.registry, object.pluginId),
    description,
    fields: (t) => outputFields(store, t, fields),
  })
}

/** The fields of a value type that an object has: empty for a type that is not defined. */
interface ValueFields {
  readonly keys: readonly OutputField[]
  readonly totals: readonly OutputField[]
  readonly extremes: readonly OutputField[]
  readonly counts: readonly OutputField[]
}

function groupFields(types: AggregateTypes, { keys, totals, extremes, counts }: ValueFields): OutputField[] {
  const part = (name: string, type: string, description: string): OutputField => ({
    name,
    description,
    type,
    list: 'no',
    isNullable: false,
    cost: { weight: 0 },
    guard: GUARDED_BY_PARENT,
  })
  return [
    ...(keys.length > 0 ? [part('key', types.key, 'What the records of the group have in common, by `groupBy`.')] : []),
    part('count', 'Int', 'Number of records.'),
    ...(totals.length > 0
      ? [
          part('sum', types.totals, 'Sums; records without a value are left out.'),
          part(
            'avg',
            types.totals,
            'Averages, rounded to 4 decimal places, halves away from zero; records without a value are left out.',
          ),
        ]
      : []),
    ...(extremes.length > 0
      ? [
          part('min', types.extremes, 'Least values; the earliest of dates and times.'),
          part('max', types.extremes, 'Greatest values; the latest of dates and times.'),
        ]
      : []),
    ...(counts.length > 0
      ? [
          part(
            'countDistinct',
            types.distinctCounts,
            'Numbers of different values. Records without a value, and related records that the caller may not see, are not counted.',
          ),
        ]
      : []),
  ]
}

function keyField(object: ObjectType, key: GroupKey): OutputField {
  const common = {
    name: key.field,
    list: 'no',
    isNullable: true,
    guard: guardOf(object, key.of),
    pluginId: key.of.pluginId,
  } as const
  if (key.kind === 'record')
    return { ...common, type: key.of.object, description: `The ${words(key.of.object)} in \`${key.of.name}\`.` }
  if (key.kind === 'part')
    return { ...common, type: 'Date', description: `First day of the ${partText(key.part)} of \`${key.of.name}\`.` }
  if (key.kind === 'currency')
    return { ...common, type: 'CurrencyCode', description: `Currency of \`${key.of.name}\`.` }
  const type = key.of.kind === 'column' ? typeOfColumnField(object, key.of) : columnType(key.column)
  return { ...common, type, description: `Value of \`${key.of.name}\`.` }
}

function countField(object: ObjectType, key: GroupKey): OutputField {
  return {
    name: key.field,
    description: `Number of different ${key.kind === 'record' ? 'records in' : 'values of'} \`${key.of.name}\`.`,
    type: 'Int',
    list: 'no',
    isNullable: false,
    guard: guardOf(object, key.of),
    pluginId: key.of.pluginId,
  }
}

/** Returns the fields with the values of a function; `sum` and `avg`, and `min` and `max`, have the same fields. */
function measuredFields(object: ObjectType, aggregate: AggregateFunction): OutputField[] {
  return [...measures(object)]
    .filter(([, measure]) => functionsOf(object, measure).includes(aggregate))
    .map(([name, measure]) => ({
      name,
      description: `Of \`${name}\`; null where no record has a value.${
        measure.currency
          ? ' Also null, with the error MIXED_CURRENCIES, where the amounts have several currencies and are not converted.'
          : ''
      }`,
      type: typeOfValue(measure, aggregate),
      list: 'no',
      isNullable: true,
      cost: { weight: 0 },
      guard: guardOf(object, measure.of),
      pluginId: measure.of.pluginId,
    }))
}

function typeOfValue({ kind, column }: Measure, aggregate: AggregateFunction): string {
  if (kind === 'money') return 'Money'
  const isComputed = aggregate === 'sum' || aggregate === 'avg'
  return column.type === 'bigint' || (isComputed && column.type === 'int') ? 'Decimal' : columnType(column)
}
