import type { Field, ObjectType } from '../../registry/object-type.ts'
import { pluralWords } from '../descriptions.ts'
import { defineEnum, defineInput, type TypeStore, typeOfColumn } from '../types.ts'

/** Returns the name of the object's order type; null when the object has no field to order by. */
export function defineOrder(store: TypeStore, object: ObjectType): string | null {
  const fields = [...object.fields.values()].filter(isOrderable)
  if (fields.length === 0) return null
  const name = `${object.name}OrderBy`
  defineDirection(store)
  defineInput(
    store,
    name,
    `One field to order ${pluralWords(object)} by, with the direction.`,
    () =>
      Object.fromEntries(
        fields.map((field) => [field.name, { type: 'OrderDirection', description: orderOf(store, object, field) }]),
      ),
    { isOneOf: true, pluginId: object.pluginId },
  )
  return name
}

/** Defines the enum of directions, unless it is defined already. */
export function defineDirection(store: TypeStore): void {
  if (store.inputs.has('OrderDirection')) return
  defineEnum(store, 'OrderDirection', 'Direction of an order.', [
    { name: 'ASC', description: 'Ascending: least value first, records without a value last.' },
    { name: 'DESC', description: 'Descending: records without a value first, then greatest value first.' },
  ])
}

/** Returns the description of an order by the field, with what comes first in ascending order. */
function orderOf(store: TypeStore, object: ObjectType, field: Field): string {
  const by = (ascending: string) => `By \`${field.name}\`; ascending: ${ascending}.`
  if (field.kind !== 'column') return by('smallest amount first, whatever its currency')
  const { column } = field
  const values = store.registry.models.enums.get(column.enumName ?? '')?.values
  if (values) return by(values.map(({ name }) => name).join(', '))
  switch (typeOfColumn(object, column)) {
    case 'Boolean':
      return by('false first')
    case 'Date':
    case 'DateTime':
      return by('earliest first')
    case 'String':
      return by(
        'A to Z, then a to z, then other letters such as `Ä`; an installation may sort differently when it does not use the PostgreSQL that comes with Rapport',
      )
    default:
      return by('smallest first')
  }
}

const UNORDERED: ReadonlySet<string> = new Set(['json', 'uuid', 'bytes'])

function isOrderable(field: Field): boolean {
  if (field.kind === 'column')
    return field.options.order !== false && !UNORDERED.has(field.column.type) && !field.column.isList
  return field.kind === 'declared' && field.declaration.kind === 'money'
}
