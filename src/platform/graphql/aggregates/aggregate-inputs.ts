import { aggregateTypes } from '../../reads/aggregates/aggregate-type-names.ts'
import { type GroupKey, groupKeys } from '../../reads/aggregates/aggregated-fields.ts'
import { groupValues } from '../../reads/aggregates/group-conditions.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { pluralWords, words } from '../descriptions.ts'
import { valueFilter } from '../inputs/filters.ts'
import { defineDirection } from '../inputs/orders.ts'
import { columnType, defineEnum, defineInput, type InputField, type TypeStore } from '../types.ts'
import { partText } from './part-text.ts'

/** Defines the input types of an object's aggregate, and returns its arguments that decide about groups. */
export function groupArguments(store: TypeStore, object: ObjectType): Record<string, InputField> {
  const types = aggregateTypes(object)
  const records = pluralWords(object)
  const keys = [...groupKeys(object).values()]
  if (keys.length > 0)
    defineEnum(
      store,
      types.groupBy,
      `What ${records} are grouped by.`,
      keys.map((key) => ({ name: key.name, description: `By ${keyText(key)}.`, pluginId: key.of.pluginId })),
      object.pluginId,
    )
  defineInput(
    store,
    types.having,
    `Conditions on groups of ${records}; all of them have to hold.`,
    () => havingFields(store, object),
    { pluginId: object.pluginId },
  )
  defineDirection(store)
  defineInput(
    store,
    types.orderBy,
    `One value to order groups of ${records} by, with the direction. Groups without a value come last in both directions.`,
    () => orderFields(object),
    { isOneOf: true, pluginId: object.pluginId },
  )
  return {
    ...(keys.length > 0
      ? {
          groupBy: {
            type: types.groupBy,
            isList: true,
            description:
              'What the records of a group have in common, at most 5 keys. Default: one group of all records.',
          },
        }
      : {}),
    having: { type: types.having, description: 'Only groups that meet all of these conditions.' },
    orderBy: {
      type: types.orderBy,
      isList: true,
      description:
        'Values to order the groups by, the most significant first, at most 5. Default: by the keys, ascending.',
    },
  }
}

function keyText(key: GroupKey): string {
  if (key.kind === 'record') return `the ${words(key.of.object)} in \`${key.of.name}\``
  if (key.kind === 'currency') return `the currency of \`${key.of.name}\``
  return key.kind === 'part' ? `the ${partText(key.part)} of \`${key.of.name}\`` : `\`${key.of.name}\``
}

function havingFields(store: TypeStore, object: ObjectType): Record<string, InputField> {
  return Object.fromEntries(
    [...groupValues(object)].map(([name, value]) => [
      name,
      {
        type: valueFilter(store, columnType({ ...value.column, enumName: null })),
        description: `Conditions on ${valueText(name, value.field)}.`,
        ...ownerOf(object, value.field),
      },
    ]),
  )
}

function orderFields(object: ObjectType): Record<string, InputField> {
  const ordered = [...groupKeys(object).values()].filter(({ kind }) => kind !== 'record')
  const entries = [
    ...ordered.map((key) => [key.field, `${keyText(key)}, which \`groupBy\` has to name`, key.of.name] as const),
    // After the keys, because a value of the group that has the name of a key takes precedence.
    ...[...groupValues(object)].map(([name, { field }]) => [name, valueText(name, field), field] as const),
  ]
  return Object.fromEntries(
    entries.map(([name, text, field]) => [
      name,
      { type: 'OrderDirection', description: `By ${text}.`, ...ownerOf(object, field) },
    ]),
  )
}

/** Returns the plugin that declares a field, so that its values leave the schema with the plugin. */
function ownerOf(object: ObjectType, field: string | null): Pick<InputField, 'pluginId'> {
  const pluginId = field === null ? undefined : object.fields.get(field)?.pluginId
  return pluginId === undefined ? {} : { pluginId }
}

function valueText(name: string, field: string | null): string {
  if (field === null) return 'the number of records'
  if (name.startsWith('countDistinct')) return `the number of different values of \`${field}\``
  const texts = { sum: 'sum', avg: 'average', min: 'least value', max: 'greatest value' }
  const text = Object.entries(texts).find(([prefix]) => name.startsWith(prefix))?.[1] ?? 'value'
  return `the ${text} of \`${field}\``
}
