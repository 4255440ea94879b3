import type { Column } from '../../data/models/models.ts'
import { FILTER_OPERATORS, type FilterOperator, MODE } from '../../reads/filter/operators.ts'
import { type RelationOperator, TO_MANY_OPERATORS, TO_ONE_OPERATORS } from '../../reads/filter/relation-operators.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import type { Field, ObjectType } from '../../registry/object-type.ts'
import { withArticle } from '../article.ts'
import { pluralWords, words } from '../descriptions.ts'
import { columnType, defineEnum, defineInput, type InputField, type TypeStore, typeOfColumn } from '../types.ts'

/** Returns the name of the object's filter type, and defines the type at the first call. */
export function defineFilter(store: TypeStore, object: ObjectType): string {
  const name = `${object.name}Filter`
  defineInput(
    store,
    name,
    `Conditions on ${withArticle(words(object.name))}; all of them have to hold.`,
    () => {
      const fields: Record<string, InputField> = {
        AND: { type: name, isList: true, description: 'All of these hold.' },
        OR: { type: name, isList: true, description: 'At least one of these holds.' },
        NOT: { type: name, isList: true, description: 'None of these holds.' },
      }
      for (const field of object.fields.values()) {
        const type = filterTypeOf(store, object, field)
        if (type)
          fields[field.name] = { type, description: `Condition on \`${field.name}\`.`, pluginId: field.pluginId }
      }
      for (const { name: condition, pluginId, declaration } of object.conditions.values())
        fields[condition] = { type: declaration.type, description: declaration.description, pluginId }
      return fields
    },
    { pluginId: object.pluginId },
  )
  return name
}

function filterTypeOf(store: TypeStore, object: ObjectType, field: Field): string | null {
  if (field.kind === 'column')
    return field.options.filter === false || field.column.type === 'json'
      ? null
      : scalarFilter(store, field.column, typeOfColumn(object, field.column))
  if (field.kind === 'one') {
    const target = store.registry.objects.get(field.object)
    return target?.model.hasWorkspace ? relationFilter(store, target) : null
  }
  if (field.declaration.kind === 'money') return moneyFilter(store, object, field.declaration.amount)
  if (field.declaration.kind === 'custom') {
    const column = object.model.columns.get(field.declaration.filter?.column ?? '')
    return column ? scalarFilter(store, column, columnType(column)) : null
  }
  if (field.declaration.kind === 'many') {
    const target = store.registry.objects.get(field.declaration.object)
    return target ? listFilter(store, target) : null
  }
  return null
}

function relationFilter(store: TypeStore, target: ObjectType): string {
  return relationType(
    store,
    target,
    `${target.name}RelationFilter`,
    `Conditions on a related ${words(target.name)}.`,
    TO_ONE_OPERATORS,
  )
}

function listFilter(store: TypeStore, target: ObjectType): string {
  return relationType(
    store,
    target,
    `${target.name}ListFilter`,
    `Conditions on a list of ${pluralWords(target)}.`,
    TO_MANY_OPERATORS,
  )
}

function relationType(
  store: TypeStore,
  target: ObjectType,
  name: string,
  description: string,
  operators: Readonly<Record<string, RelationOperator>>,
): string {
  defineInput(
    store,
    name,
    description,
    () =>
      Object.fromEntries(
        Object.entries(operators).map(([operator, { operand, description }]) => [
          operator,
          { type: operand === 'filter' ? defineFilter(store, target) : 'Boolean', description },
        ]),
      ),
    { pluginId: target.pluginId },
  )
  return name
}

function moneyFilter(store: TypeStore, object: ObjectType, amount: string): string {
  const column = object.model.columns.get(amount)
  defineInput(store, 'MoneyFilter', 'Conditions on an amount of money.', () => ({
    amount: {
      type: column ? scalarFilter(store, column, columnType(column)) : 'DecimalFilter',
      description: 'Condition on the amount, whatever its currency.',
    },
    currency: { type: textFilter(store), description: 'Condition on the currency code.' },
  }))
  return 'MoneyFilter'
}

const ORDERED: ReadonlySet<string> = new Set(['Int', 'Float', 'Decimal', 'DateTime', 'Date', 'String'])

/** Kinds of operators that a filter on values of this GraphQL type offers. */
function offered(type: string, isList: boolean): ReadonlySet<FilterOperator['on']> {
  if (isList) return new Set(['list'])
  if (type === 'String') return new Set(['single', 'ordered', 'text'])
  return new Set(ORDERED.has(type) ? ['single', 'ordered'] : ['single'])
}

function scalarFilter(store: TypeStore, column: Column, type: string): string {
  if (type === 'String' && !column.isList) return textFilter(store)
  const name = `${type}${column.isList ? 'List' : ''}Filter`
  defineInput(
    store,
    name,
    `Conditions on a ${column.isList ? 'list of values' : 'value'} of type ${type}; all of them have to hold.`,
    () => operatorFields(name, type, column.isList),
    { pluginId: column.enumName ? (store.registry.models.enums.get(column.enumName)?.pluginId ?? CORE) : CORE },
  )
  return name
}

function textFilter(store: TypeStore): string {
  const name = 'StringFilter'
  if (store.inputs.has(name)) return name
  defineEnum(store, 'QueryMode', 'Whether upper and lower case matter.', [
    { name: 'DEFAULT', description: 'They matter.' },
    { name: MODE.insensitive, description: 'They do not matter.' },
  ])
  defineInput(store, name, 'Conditions on a text; all of them have to hold.', () => ({
    ...operatorFields(name, 'String', false),
    [MODE.field]: { type: 'QueryMode', description: MODE.description },
  }))
  return name
}

/** Fields of the filter type `name`: the operators that are offered for values of this type. */
function operatorFields(name: string, type: string, isList: boolean): Record<string, InputField> {
  const kinds = offered(type, isList)
  const types = { value: type, values: type, boolean: 'Boolean', conditions: name } as const
  return Object.fromEntries(
    Object.entries(FILTER_OPERATORS)
      .filter(([, { on }]) => kinds.has(on))
      .map(([operator, { operand, description }]) => [
        operator,
        { type: types[operand], isList: operand === 'values', description },
      ]),
  )
}

/** Returns the name of the object's order type; null when the object has no field to order by. */
export function defineOrder(store: TypeStore, object: ObjectType): string | null {
  const fields = [...object.fields.values()].filter(isOrderable)
  if (fields.length === 0) return null
  const name = `${object.name}OrderBy`
  if (!store.inputs.has('OrderDirection')) {
    defineEnum(
      store,
      'OrderDirection',
      'Direction of an order. Missing values come last when ascending, first when descending.',
      [
        { name: 'ASC', description: 'The least first.' },
        { name: 'DESC', description: 'The greatest first.' },
      ],
    )
  }
  defineInput(
    store,
    name,
    `One field to order ${pluralWords(object)} by.`,
    () =>
      Object.fromEntries(
        fields.map((field) => [field.name, { type: 'OrderDirection', description: `By \`${field.name}\`.` }]),
      ),
    { isOneOf: true, pluginId: object.pluginId },
  )
  return name
}

const UNORDERED: ReadonlySet<string> = new Set(['json', 'uuid', 'bytes'])

function isOrderable(field: Field): boolean {
  if (field.kind === 'column')
    return field.options.order !== false && !UNORDERED.has(field.column.type) && !field.column.isList
  return field.kind === 'declared' && field.declaration.kind === 'money'
}
