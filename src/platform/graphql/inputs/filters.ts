import type { Column } from '../../data/models/models.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import type { Field, ObjectType } from '../../registry/object-type.ts'
import { withArticle } from '../article.ts'
import { columnType, defineEnum, defineInput, type InputField, type TypeStore, typeOfColumn } from '../types.ts'

/** Name of the object's filter type, made when first asked for. */
export function defineFilter(store: TypeStore, object: ObjectType): string {
  const name = `${object.name}Filter`
  defineInput(
    store,
    name,
    `Conditions on ${withArticle(object.name)}; all of them have to hold.`,
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
  const name = `${target.name}RelationFilter`
  defineInput(
    store,
    name,
    `Conditions on a related ${target.name}.`,
    () => ({
      is: { type: defineFilter(store, target), description: 'It meets the conditions; null: there is none.' },
      isNot: {
        type: defineFilter(store, target),
        description: 'It does not meet the conditions, or there is none; null: there is one.',
      },
      isNull: { type: 'Boolean', description: 'Whether there is none.' },
    }),
    { pluginId: target.pluginId },
  )
  return name
}

function listFilter(store: TypeStore, target: ObjectType): string {
  const name = `${target.name}ListFilter`
  defineInput(
    store,
    name,
    `Conditions on a list of ${target.name}.`,
    () => ({
      some: { type: defineFilter(store, target), description: 'At least one meets the conditions.' },
      every: { type: defineFilter(store, target), description: 'All meet the conditions; true of an empty list.' },
      none: { type: defineFilter(store, target), description: 'None meets the conditions.' },
    }),
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

function scalarFilter(store: TypeStore, column: Column, type: string): string {
  if (type === 'String' && !column.isList) return textFilter(store)
  const name = `${type}${column.isList ? 'List' : ''}Filter`
  defineInput(
    store,
    name,
    `Conditions on a value of type ${type}; all of them have to hold.`,
    () => {
      if (column.isList) return { has: { type, description: 'The list holds this value.' } }
      return {
        ...equality(type),
        ...(ORDERED.has(type) ? ordering(type) : {}),
        not: { type: name, description: 'The conditions do not hold.' },
        isNull: nullCondition,
      }
    },
    { pluginId: column.enumName ? (store.registry.models.enums.get(column.enumName)?.pluginId ?? CORE) : CORE },
  )
  return name
}

const nullCondition: InputField = { type: 'Boolean', description: 'Whether there is no value.' }

function equality(type: string): Record<string, InputField> {
  return {
    equals: { type, description: 'Equal to this value; null: there is no value.' },
    in: { type, isList: true, description: 'One of these values.' },
    notIn: { type, isList: true, description: 'None of these values, or no value.' },
  }
}

function ordering(type: string): Record<string, InputField> {
  return {
    lt: { type, description: 'Less than this value.' },
    lte: { type, description: 'Less than or equal to this value.' },
    gt: { type, description: 'Greater than this value.' },
    gte: { type, description: 'Greater than or equal to this value.' },
  }
}

function textFilter(store: TypeStore): string {
  const name = 'StringFilter'
  if (store.inputs.has(name)) return name
  defineEnum(store, 'QueryMode', 'Whether upper and lower case matter.', [
    { name: 'DEFAULT', description: 'They matter.' },
    { name: 'INSENSITIVE', description: 'They do not matter.' },
  ])
  defineInput(store, name, 'Conditions on a text; all of them have to hold.', () => ({
    ...equality('String'),
    ...ordering('String'),
    contains: { type: 'String', description: 'Holds this text.' },
    startsWith: { type: 'String', description: 'Begins with this text.' },
    endsWith: { type: 'String', description: 'Ends with this text.' },
    mode: { type: 'QueryMode', description: 'Whether upper and lower case matter; they do unless said otherwise.' },
    not: { type: name, description: 'The conditions do not hold.' },
    isNull: nullCondition,
  }))
  return name
}

/** Name of the object's order type, or null when no field of it can be ordered by. */
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
    `One field to order ${object.name} by.`,
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
