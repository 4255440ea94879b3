import {
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
} from 'graphql'
import type { MatrixRecord } from './matrix-record.ts'
import { inputFields } from './schema.ts'

/** A condition of a filter, as GraphQL text. */
export interface Condition {
  /** Field of the filter. */
  readonly field: string
  readonly text: string
}

const CONNECTIVES: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT'])

/** A sample value of each scalar in filters. */
const SAMPLES: Readonly<Record<string, string>> = {
  String: '"zk"',
  Int: '7',
  Float: '0.5',
  Boolean: 'true',
  Decimal: '"7.00"',
  CurrencyCode: '"EUR"',
  Date: '"2024-05-01"',
  DateTime: '"2024-05-01T12:00:00Z"',
  ID: '"account_00000000000000000000000000"',
}

/**
 * Returns one condition for every field of a filter. With `seen`: one for every operator of a type of field that is
 * not in `seen` yet; the type is then added to it.
 */
export function conditionsOf(schema: GraphQLSchema, filter: string, seen?: Set<string>): Condition[] {
  const all = inputFields(schema.getType(filter))
  const own = all.filter(({ name }) => !CONNECTIVES.has(name))
  const [first] = own
  const simple = first ? `{ ${first.name}: ${valuesOf(first, 3)[0]} }` : '{}'
  const joined =
    seen && all.length > own.length
      ? [...CONNECTIVES].map((name) => ({ field: first?.name ?? '', text: `${name}: [${simple}]` }))
      : []
  return joined.concat(
    own.flatMap((field) => {
      const texts = valuesOf(field, 3)
      if (texts.length === 0) throw new Error(`The generator knows no condition for ${filter}.${field.name}.`)
      const type = getNamedType(field.type).name
      const isNew = seen !== undefined && !seen.has(type)
      seen?.add(type)
      return (isNew ? texts : texts.slice(0, 1))
        .map((text) => ({ field: field.name, text: `${field.name}: ${text}` }))
        .concat(isNew ? onItems(schema, field, (items) => conditionsOf(schema, items, seen)) : [])
    }),
  )
}

/**
 * Returns conditions on the items of a record, such as the addresses of an account. They need the permission of the
 * field that has the items.
 * @param conditionsOn returns conditions for the name of the filter of an item
 */
function onItems(
  schema: GraphQLSchema,
  field: GraphQLInputField,
  conditionsOn: (filter: string) => readonly Condition[],
): Condition[] {
  const some = inputFields(field.type).find(({ name }) => name === 'some')
  const filter = some ? getNamedType(some.type).name : ''
  const item = schema.getType(filter.replace(/Filter$/, ''))
  // Records have an interface or ids, and items have neither.
  if (!isObjectType(item) || item.getInterfaces().length > 0) return []
  return conditionsOn(filter).map(({ text }) => ({ field: field.name, text: `${field.name}: { some: { ${text} } }` }))
}

/** Returns values for a field of a filter: one for each operator. */
function valuesOf(field: GraphQLInputField, depth: number): string[] {
  const type = getNamedType(field.type)
  const isList = isListType(getNullableType(field.type))
  const wrap = (text: string) => (isList ? `[${text}]` : text)
  const sample = isEnumType(type) ? type.getValues()[0]?.name : SAMPLES[type.name]
  if (sample !== undefined) return [wrap(sample)]
  if (!isInputObjectType(type)) return []
  const inner = Object.values(type.getFields())
  // A filter within a filter, such as that of related records.
  if (inner.some(({ name }) => CONNECTIVES.has(name)))
    return ['{}', ...(depth > 0 ? withConnectives(inner, depth) : [])].map(wrap)
  return inner.flatMap((operator) =>
    (depth > 0 ? valuesOf(operator, depth - 1) : [])
      .slice(0, isOperators(operator) ? undefined : 1)
      .map((text) =>
        wrap(
          `{ ${operator.name}: ${text}${operator.name === 'contains' && inner.some(({ name }) => name === 'mode') ? ', mode: INSENSITIVE' : ''} }`,
        ),
      ),
  )
}

/** Whether a part of a filter has operators of its own, such as the amount of a money value. */
function isOperators(field: GraphQLInputField): boolean {
  return inputFields(field.type).some(({ name }) => name === 'equals') && field.name !== 'not'
}

function withConnectives(inner: readonly GraphQLInputField[], depth: number): string[] {
  return inner
    .filter(({ name }) => CONNECTIVES.has(name))
    .map(({ name }) => `{ ${name}: [{}] }`)
    .slice(0, depth)
}

/** Returns conditions that only this record meets: on its id and on each of its values that has a filter. */
export function conditionsOn(schema: GraphQLSchema, filter: string, record: MatrixRecord): Condition[] {
  return inputFields(schema.getType(filter)).flatMap((field): Condition[] => {
    const type = getNamedType(field.type).name
    if (field.name === 'id') return [{ field: 'id', text: `id: { equals: ${JSON.stringify(record.id)} }` }]
    const value = [...record.values].find(
      ([path]) =>
        path.replace(/^[a-z][A-Za-z]*\.(?=[a-z][A-Za-z]*$)/, '') === field.name || path === `${field.name}.amount`,
    )?.[1]
    if (value === undefined) return []
    if (type === 'MoneyFilter')
      return [{ field: field.name, text: `${field.name}: { amount: { equals: ${JSON.stringify(value)} } }` }]
    // Some fields store text in upper case, others in lower case.
    if (type === 'StringFilter')
      return [{ field: field.name, text: `${field.name}: { equals: ${JSON.stringify(value)}, mode: INSENSITIVE }` }]
    return ['IntFilter', 'DateFilter', 'DateTimeFilter', 'DecimalFilter'].includes(type)
      ? [{ field: field.name, text: `${field.name}: { equals: ${JSON.stringify(value)} }` }]
      : []
  })
}

/**
 * Returns the conditions on `target` as conditions of another object's filter, through its relations to `target` and
 * those of its items.
 */
export function throughRelation(
  schema: GraphQLSchema,
  filter: string,
  target: string,
  conditions: readonly Condition[],
): Condition[] {
  return inputFields(schema.getType(filter)).flatMap((field) => {
    const type = getNamedType(field.type).name
    const operator = type === `${target}RelationFilter` ? 'is' : type === `${target}ListFilter` ? 'some' : null
    return operator === null
      ? onItems(schema, field, (items) => throughRelation(schema, items, target, conditions))
      : conditions.map(({ text }) => ({ field: field.name, text: `${field.name}: { ${operator}: { ${text} } }` }))
  })
}
