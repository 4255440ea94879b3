import type { Column } from '../../data/models/models.ts'
import type { ItemsField } from '../../declare/objects/relation-fields.ts'
import { FILTER_OPERATORS, type FilterOperator, MODE } from '../../reads/filter/operators.ts'
import { type RelationOperator, TO_MANY_OPERATORS, TO_ONE_OPERATORS } from '../../reads/filter/relation-operators.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import type { Field, ObjectType, RecordType } from '../../registry/object-type.ts'
import { resolveItem } from '../../registry/resolve-object.ts'
import { CURRENCY_CODE, type OwnedScalar, scalarNamed } from '../../registry/scalars.ts'
import { withArticle } from '../article.ts'
import { pluralWords, words } from '../descriptions.ts'
import { columnType, defineEnum, defineInput, type InputField, type TypeStore, typeOfColumnField } from '../types.ts'
import { declaredInputType } from './declared-arguments.ts'

/** Returns the name of the object's filter type, and defines the type at the first call. */
export function defineFilter(store: TypeStore, object: ObjectType): string {
  return defineRecordFilter(store, object, object.pluginId, (name) =>
    Object.fromEntries(
      [...object.conditions.values()].map(({ name: condition, pluginId, declaration }) => [
        condition,
        {
          type: declaredInputType(store, pluginId, `${name}.${condition}`, declaration.type),
          description: declaration.description,
          pluginId,
        },
      ]),
    ),
  )
}

/**
 * Returns the name of the filter type of a record or of an item, and defines the type at the first call.
 * @param conditionsOf returns the conditions besides those on fields, for the name of the type
 */
function defineRecordFilter(
  store: TypeStore,
  type: RecordType,
  pluginId: string,
  conditionsOf: (name: string) => Record<string, InputField>,
): string {
  const name = `${type.name}Filter`
  defineInput(
    store,
    name,
    `Conditions on ${withArticle(words(type.name))}; all of them have to hold.`,
    () => {
      const fields: Record<string, InputField> = {
        AND: { type: name, isList: true, description: 'All of these filters match.' },
        OR: { type: name, isList: true, description: 'At least one of these filters matches.' },
        NOT: { type: name, isList: true, description: 'None of these filters matches.' },
      }
      for (const field of type.fields.values()) {
        const filter = filterTypeOf(store, type, field)
        if (filter) fields[field.name] = { type: filter, description: conditionOn(field), pluginId: field.pluginId }
      }
      return { ...fields, ...conditionsOf(name) }
    },
    { pluginId },
  )
  return name
}

function conditionOn(field: Field): string {
  const isRecord = field.kind === 'one'
  const isList = field.kind === 'declared' && field.declaration.kind === 'many'
  const isItems = field.kind === 'declared' && field.declaration.kind === 'items'
  const of = isRecord ? 'the record in ' : isList ? 'the records in ' : isItems ? 'the items in ' : ''
  return `Conditions on ${of}\`${field.name}\`.`
}

function filterTypeOf(store: TypeStore, type: RecordType, field: Field): string | null {
  if (field.kind === 'column')
    return field.options.filter === false || field.column.type === 'json'
      ? null
      : scalarFilter(store, field.column, typeOfColumnField(type, field))
  if (field.kind === 'one') {
    const target = store.registry.objects.get(field.object)
    return target?.model.hasWorkspace ? relationFilter(store, target) : null
  }
  if (field.declaration.kind === 'money') return moneyFilter(store, type, field.declaration.amount)
  if (field.declaration.kind === 'custom') {
    const column = type.model.columns.get(field.declaration.filter?.column ?? '')
    return column ? scalarFilter(store, column, columnType(column)) : null
  }
  if (field.declaration.kind === 'many') {
    const target = store.registry.objects.get(field.declaration.object)
    return target ? listFilter(store, target) : null
  }
  if (field.declaration.kind === 'items') return itemsFilter(store, field.pluginId, field.declaration)
  return null
}

function relationFilter(store: TypeStore, target: ObjectType): string {
  return relationType(
    store,
    target.pluginId,
    () => defineFilter(store, target),
    `${target.name}RelationFilter`,
    `Conditions on a related ${words(target.name)}. When the caller may not see the related record, the filter works as if there were no related record.`,
    TO_ONE_OPERATORS,
  )
}

function listFilter(store: TypeStore, target: ObjectType): string {
  return relationType(
    store,
    target.pluginId,
    () => defineFilter(store, target),
    `${target.name}ListFilter`,
    `Conditions on related ${pluralWords(target)}. Related records that the caller may not see are ignored.`,
    TO_MANY_OPERATORS,
  )
}

function itemsFilter(store: TypeStore, declaredBy: string, { item }: ItemsField): string {
  const type = resolveItem(store.registry.models, declaredBy, item)
  const { pluginId } = type.model
  return relationType(
    store,
    pluginId,
    () => defineRecordFilter(store, type, pluginId, () => ({})),
    `${type.name}ListFilter`,
    `Conditions on items of type ${type.name}.`,
    TO_MANY_OPERATORS,
  )
}

/** @param filterOf defines the filter type of what the relation leads to, and returns its name */
function relationType(
  store: TypeStore,
  pluginId: string,
  filterOf: () => string,
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
          { type: operand === 'filter' ? filterOf() : 'Boolean', description },
        ]),
      ),
    { pluginId },
  )
  return name
}

function moneyFilter(store: TypeStore, type: RecordType, amount: string): string {
  const column = type.model.columns.get(amount)
  defineInput(store, 'MoneyFilter', 'Conditions on an amount of money; all of them have to hold.', () => ({
    amount: {
      type: column ? scalarFilter(store, column, columnType(column)) : 'DecimalFilter',
      description: 'Conditions on the amount, whatever its currency.',
    },
    currency: { type: textFilter(store), description: 'Conditions on the currency code, such as `EUR`.' },
  }))
  return 'MoneyFilter'
}

const ORDERED: ReadonlySet<string> = new Set(['Int', 'Float', 'Decimal', 'DateTime', 'Date', 'String'])

/** Returns the kinds of operators that a filter on values of this GraphQL type has. */
function operatorKinds(type: string, isList: boolean): ReadonlySet<FilterOperator['on']> {
  if (isList) return new Set(['list'])
  if (type === 'String') return new Set(['single', 'ordered', 'text'])
  return new Set(ORDERED.has(type) ? ['single', 'ordered'] : ['single'])
}

function scalarFilter(store: TypeStore, column: Column, type: string): string {
  // Of a currency, as of that of an amount, parts and comparisons can be conditions too.
  if ((type === 'String' || type === CURRENCY_CODE) && !column.isList) return textFilter(store)
  const scalar = scalarNamed(store.registry, type)
  if (scalar) return pluginScalarFilter(store, scalar)
  const pluginId = column.enumName ? store.registry.models.enums.get(column.enumName)?.pluginId : undefined
  return valueFilter(store, type, { isList: column.isList, pluginId })
}

/** Returns the name of the filter on values of a GraphQL type other than String, and defines it at the first call. */
export function valueFilter(
  store: TypeStore,
  type: string,
  { isList = false, pluginId = CORE }: { readonly isList?: boolean; readonly pluginId?: string | undefined } = {},
): string {
  const name = `${type}${isList ? 'List' : ''}Filter`
  defineInput(
    store,
    name,
    `Conditions on a ${isList ? 'list of values' : 'value'} of type ${type}; all of them have to hold.`,
    () => operatorFields(name, type, isList),
    { pluginId },
  )
  return name
}

/** Defines the filter of a plugin's scalar, which has the operators of texts. */
function pluginScalarFilter(store: TypeStore, { pluginId, declaration: { name: type } }: OwnedScalar): string {
  const name = `${type}Filter`
  defineQueryMode(store)
  const description = `Conditions on a value of type ${type}; all of them have to hold.`
  defineInput(store, name, description, () => textOperatorFields(name, type), { pluginId })
  return name
}

function textFilter(store: TypeStore): string {
  const name = 'StringFilter'
  defineQueryMode(store)
  defineInput(store, name, 'Conditions on a text; all of them have to hold.', () => textOperatorFields(name, 'String'))
  return name
}

function textOperatorFields(name: string, type: string): Record<string, InputField> {
  return {
    ...operatorFields(name, type, false, 'String'),
    [MODE.field]: { type: 'QueryMode', description: MODE.description },
  }
}

function defineQueryMode(store: TypeStore): void {
  if (store.inputs.has('QueryMode')) return
  defineEnum(store, 'QueryMode', 'Whether comparisons of texts distinguish upper and lower case.', [
    { name: 'DEFAULT', description: 'Upper and lower case are distinguished: `acme` is not equal to `Acme`.' },
    { name: MODE.insensitive, description: 'Upper and lower case are not distinguished: `acme` is equal to `Acme`.' },
  ])
}

/**
 * Returns the fields of the filter type `name`: one for each operator on values of the GraphQL type.
 * @param base Type whose operators the filter has. Operands that are compared by order or as a part of the value have
 * this type, because the beginning of an IBAN is no IBAN.
 */
function operatorFields(name: string, type: string, isList: boolean, base = type): Record<string, InputField> {
  const kinds = operatorKinds(base, isList)
  const types = { value: type, values: type, boolean: 'Boolean', conditions: name } as const
  return Object.fromEntries(
    Object.entries(FILTER_OPERATORS)
      .filter(([, { on }]) => kinds.has(on))
      .map(([operator, { on, operand, description }]) => [
        operator,
        {
          type: on === 'ordered' || on === 'text' ? base : types[operand],
          isList: operand === 'values',
          description,
        },
      ]),
  )
}
