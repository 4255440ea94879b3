import type { GraphQLError } from 'graphql'
import { inSameWorkspace, type Row, rowOf } from '../../data/row.ts'
import { and, ident, or, type Sql, sql } from '../../data/sql.ts'
import type { CustomField } from '../../declare/objects/fields.ts'
import type { MoneyField } from '../../declare/objects/money-field.ts'
import type { ItemsField, ManyField } from '../../declare/objects/relation-fields.ts'
import { badUserInput } from '../../errors.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import { requireFilterable } from '../../permissions/field-use.ts'
import { requirePermission } from '../../permissions/forbidden.ts'
import { manyFieldConditions, visibilityConditions } from '../../permissions/visible.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, RecordType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { resolveItem } from '../../registry/resolve-object.ts'
import { entriesOf, operatorNamed } from './operands.ts'
import { listOf } from './operators.ts'
import { pluginCondition } from './plugin-condition.ts'
import { itemRows, relatedRows } from './related-rows.ts'
import { type Related, type RelationOperator, TO_MANY_OPERATORS, TO_ONE_OPERATORS } from './relation-operators.ts'
import { scalarCondition } from './scalar-condition.ts'

/** Conditions that one filter has at most, at all levels together. */
const MAX_CONDITIONS = 200
/** Levels that a filter nests at most. */
const MAX_DEPTH = 12

/**
 * Compiles a `filter` argument, whose operators are named as in Prisma, to a condition. A filter on a relation never
 * matches a record that is not visible to the caller.
 * @throws GraphQLError BAD_USER_INPUT when the filter is too large or uses an operator in the wrong way; FORBIDDEN when
 * it uses a field that the caller may not read on all records.
 */
export function compileFilter(reading: AccessContext, object: ObjectType, row: Row, filter: unknown): Sql {
  return compileConditions({ reading, count: { conditions: 0 }, depth: 0 }, object, row, filter)
}

/** A filter while it is compiled. `count` is the same object at every depth. */
interface Filtering {
  readonly reading: AccessContext
  readonly count: { conditions: number }
  readonly depth: number
}

/** Compiles the conditions on a record, or on an item of one. */
function compileConditions(filtering: Filtering, type: ObjectType | RecordType, row: Row, filter: unknown): Sql {
  const next = { ...filtering, depth: filtering.depth + 1 }
  if (next.depth > MAX_DEPTH) throw badUserInput(`A filter nests ${MAX_DEPTH} levels at most.`)
  const conditions: Sql[] = []
  for (const [name, value] of entriesOf(filter)) {
    if (++filtering.count.conditions > MAX_CONDITIONS)
      throw badUserInput(`A filter has ${MAX_CONDITIONS} conditions at most.`)
    if (value === null || value === undefined) continue
    if (name === 'AND') conditions.push(...listOf(value).map((operand) => compileConditions(next, type, row, operand)))
    else if (name === 'OR')
      conditions.push(or(listOf(value).map((operand) => compileConditions(next, type, row, operand))))
    else if (name === 'NOT')
      conditions.push(
        ...listOf(value).map((operand) => sql`not coalesce(${compileConditions(next, type, row, operand)}, false)`),
      )
    else conditions.push(fieldCondition(next, type, row, name, value))
  }
  return and(conditions)
}

function fieldCondition(
  filtering: Filtering,
  type: ObjectType | RecordType,
  row: Row,
  name: string,
  value: unknown,
): Sql {
  const { reading } = filtering
  // Items have no permissions of their own: the field with the items was checked.
  const object = 'singular' in type ? type : null
  const condition = object?.conditions.get(name)
  const field = type.fields.get(name)
  if (!condition && !field) throw cannotFilter(type, name)
  if (object) requireFilterable(reading, object, name)
  // The condition may use any field of the record, so it needs a field permission of its own, under its name.
  if (object && condition) return pluginCondition(reading, object, row, condition, value)
  if (!field) throw cannotFilter(type, name)
  if (field.kind === 'column')
    return scalarCondition(
      field.column,
      row.column(field.column.name),
      value,
      object && name === 'id' ? prefixesOf(object) : null,
    )
  if (field.kind === 'one') return toOneCondition(filtering, row, field, value)
  const { declaration } = field
  if (declaration.kind === 'money') return moneyCondition(row, declaration, value)
  if (declaration.kind === 'items') return itemsCondition(filtering, row, field.pluginId, declaration, value)
  if (object && declaration.kind === 'custom') return customCondition(reading, object, row, name, declaration, value)
  if (object && declaration.kind === 'many') return toManyCondition(filtering, object, row, declaration, value)
  throw cannotFilter(type, name)
}

function cannotFilter({ name }: RecordType, field: string): GraphQLError {
  return badUserInput(`${name} can't be filtered by ${field}.`)
}

/** Prefixes of the ids of an object's records. */
function prefixesOf(object: ObjectType): string[] {
  return [object.prefix, ...[...object.variants.values()].map(({ prefix }) => prefix)]
}

function moneyCondition(row: Row, declaration: MoneyField, value: unknown): Sql {
  const conditions = entriesOf(value).map(([part, condition]) => {
    const column = row.model.columns.get(part === 'amount' ? declaration.amount : declaration.currency)
    if (!column) throw new Error(`The model ${row.model.name} lacks a column of ${declaration.amount}.`)
    return scalarCondition(column, row.column(column.name), condition, null)
  })
  return and(conditions)
}

/**
 * Compiles the condition of a custom field, on the column that it declares. A column of uuids takes record ids of any
 * object.
 */
function customCondition(
  { actor, registry, isSystem }: AccessContext,
  object: ObjectType,
  row: Row,
  name: string,
  { filter }: CustomField,
  value: unknown,
): Sql {
  const column = filter && object.model.columns.get(filter.column)
  if (!column) throw badUserInput(`${object.name} can't be filtered by ${name}.`)
  if (filter.permission && !isSystem) requirePermission(actor, filter.permission, `Filtering by ${object.name}.${name}`)
  return scalarCondition(
    column,
    row.column(column.name),
    value,
    column.type === 'uuid' ? [...registry.prefixes.keys()] : null,
  )
}

/** Compiles the conditions on a to-one field. A related record that the caller may not read counts as absent. */
function toOneCondition(filtering: Filtering, row: Row, field: Extract<Field, { kind: 'one' }>, value: unknown): Sql {
  const { reading } = filtering
  const target = objectNamed(reading.registry, field.object)
  const key = row.column(foreignKey(row.model, field.relation).name)
  const other = rowOf(reading.alias(), target.model)
  const exists = (condition: Sql) =>
    sql`exists (select from ${ident(target.model.table)} ${other.alias} where ${and([
      inSameWorkspace(reading, other),
      sql`${other.column('id')} = ${key}`,
      ...visibilityConditions(reading, target, other),
      condition,
    ])})`
  return relationCondition(TO_ONE_OPERATORS, value, {
    oneMeets: (filter = {}) => exists(compileConditions(filtering, target, other, filter)),
    oneFails: (filter) => exists(sql`not coalesce(${compileConditions(filtering, target, other, filter)}, false)`),
  })
}

/** Compiles the conditions on a to-many field. Related records that the caller may not read do not count. */
function toManyCondition(
  filtering: Filtering,
  object: ObjectType,
  row: Row,
  declaration: ManyField,
  value: unknown,
): Sql {
  const { reading } = filtering
  const target = objectNamed(reading.registry, declaration.object)
  const exists = (condition: (other: Row) => Sql) => {
    const other = rowOf(reading.alias(), target.model)
    const matches = condition(other)
    const conditions = [
      ...visibilityConditions(reading, target, other),
      ...manyFieldConditions(declaration, other),
      matches,
    ]
    return sql`exists (select from ${relatedRows(reading, object, row, declaration, other, conditions)})`
  }
  return relationCondition(TO_MANY_OPERATORS, value, {
    oneMeets: (filter = {}) => exists((other) => compileConditions(filtering, target, other, filter)),
    oneFails: (filter) =>
      exists((other) => sql`not coalesce(${compileConditions(filtering, target, other, filter)}, false)`),
  })
}

/** Compiles the conditions on the items of a record. */
function itemsCondition(
  filtering: Filtering,
  row: Row,
  pluginId: string,
  declaration: ItemsField,
  value: unknown,
): Sql {
  const { reading } = filtering
  const type = resolveItem(reading.registry.models, pluginId, declaration.item)
  const exists = (condition: (item: Row) => Sql) => {
    const item = rowOf(reading.alias(), type.model)
    return sql`exists (select from ${itemRows(reading, row, declaration, item, condition(item))})`
  }
  return relationCondition(TO_MANY_OPERATORS, value, {
    oneMeets: (filter = {}) => exists((item) => compileConditions(filtering, type, item, filter)),
    oneFails: (filter) =>
      exists((item) => sql`not coalesce(${compileConditions(filtering, type, item, filter)}, false)`),
  })
}

function relationCondition(
  operators: Readonly<Record<string, RelationOperator>>,
  value: unknown,
  related: Related,
): Sql {
  return and(
    entriesOf(value).map(([name, operand]) => operatorNamed(operators, name, operand).compile(related, operand)),
  )
}
