import type { GraphQLSchema } from 'graphql'
import { coerceInputValue, isInputType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { inSameWorkspace, type Row, rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { FindOptions, RecordValues } from '../../declare/plugin-context.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import { accessConditions } from '../../permissions/record-access.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { compileFilter } from '../../reads/filter/filter.ts'
import type { Reading } from '../../reads/reading.ts'
import { objectsOf } from '../../reads/reference.ts'
import { startFinding } from '../../reads/start-reading.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { typedFilter } from '../../registry/typed-filter.ts'
import type { Actor } from '../../request/actor.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { uuidOfRecord } from './record-input.ts'

const DEFAULT_FIRST = 100
const MAX_FIRST = 1_000

interface SearchedObject {
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** Actor whose record and field access apply. */
  readonly actor: Actor
  readonly object: ObjectType
}

/**
 * Returns the rows of an object that are visible to the actor, oldest first, with the columns that the object
 * publishes and the actor may read.
 * @throws Error when `first` or `after` is not valid.
 */
export async function findRecords(
  work: UnitOfWork,
  { registry, schema, actor, object }: SearchedObject,
  { filter, ids, first = DEFAULT_FIRST, after }: FindOptions,
): Promise<RecordValues[]> {
  if (!Number.isInteger(first) || first < 0 || first > MAX_FIRST)
    throw new Error(`\`first\` is a number from 0 to ${MAX_FIRST}, not ${first}.`)
  const reading = startFinding({ runtime: { registry, schema }, actor })
  const row = rowOf(reading.alias(), object.model)
  const conditions: Sql[] = [
    ids ? inSameWorkspace(reading, row) : sql`${workspaceOf(row)} = ${work.transaction.workspaceId}::uuid`,
    ...visibilityConditions(reading, object, row),
  ]
  if (ids) {
    const uuids = ids.flatMap((id) => uuidOfRecord(object, id) ?? [])
    if (uuids.length === 0) return []
    conditions.push(sql`${row.column('id')} = any(${uuids}::uuid[])`)
  }
  if (after !== undefined) {
    const uuid = uuidOfRecord(object, after)
    if (uuid === null) throw new Error(`\`after\` is the id of a ${object.name}, not ${after}.`)
    conditions.push(sql`${row.column('id')} > ${uuid}::uuid`)
  }
  if (filter)
    conditions.push(
      compileFilter(reading, object, row, coerceFilter(schema, object, typedFilter(registry, object, filter))),
    )
  const columns = readableColumns(actor, object).map(
    ({ name }) => sql`${visibleValue(reading, object, row, name)} as ${ident(name)}`,
  )
  return work.transaction.query(
    sql`select ${join(columns)} from ${tableOf(object, row)} where ${and(conditions)} order by ${row.column('id')} limit ${first}::int`,
  )
}

/** Returns SQL for a column's value. As in the API, the id of a record that is not visible to the actor is null. */
function visibleValue(reading: Reading, object: ObjectType, row: Row, name: string): Sql {
  const value = row.column(name)
  for (const field of object.fields.values()) {
    if (field.kind === 'one' && foreignKey(object.model, field.relation).name === name)
      return visibleId(reading, row, value, objectNamed(reading.registry, field.object))
    if (field.kind !== 'declared' || field.declaration.kind !== 'reference') continue
    const { to, typeColumn, idColumn } = field.declaration
    if (idColumn !== name) continue
    const branches = objectsOf(reading, to).map(
      (target) => sql`when ${target.name} then ${visibleId(reading, row, value, target)}`,
    )
    return branches.length > 0 ? sql`case ${row.column(typeColumn)} ${join(branches, ' ')} end` : value
  }
  return value
}

/** Returns SQL for the id of a record of the target; null when that record is not visible to the actor. */
function visibleId(reading: Reading, row: Row, value: Sql, target: ObjectType): Sql {
  const targetRow = rowOf(reading.alias(), target.model)
  const access = accessConditions(reading, target, targetRow, 'read') ?? [sql`false`]
  if (access.length === 0) return value
  const condition = and([
    sql`${workspaceOf(targetRow)} = ${workspaceOf(row)}`,
    sql`${targetRow.column('id')} = ${value}`,
    ...access,
  ])
  return sql`case when exists (select from ${tableOf(target, targetRow)} where ${condition}) then ${value} end`
}

/**
 * Coerces the filter as the API does for a client. Throws for a misspelt condition, which would be ignored otherwise.
 */
function coerceFilter(schema: GraphQLSchema, object: ObjectType, filter: unknown): unknown {
  const type = schema.getType(`${object.name}Filter`)
  return isInputType(type) ? coerceInputValue(filter, type) : filter
}

/**
 * Returns the published columns that the actor may read. A column that stores several fields is included when the actor
 * may read one of these fields.
 */
function readableColumns(actor: Actor, object: ObjectType): readonly Column[] {
  const columns = publishedColumns(object)
  const hidden = new Set<string>()
  const readable = new Set(['id', 'version', ...(object.discriminator ? [object.discriminator.name] : [])])
  for (const field of object.fields.values())
    for (const name of columnsOf(object, field))
      if (canReadFieldOfAllRecords(actor, object, field.name)) readable.add(name)
      else hidden.add(name)
  return hidden.size === 0 ? columns : columns.filter(({ name }) => readable.has(name) || !hidden.has(name))
}

/** Returns the names of the columns that store a field. */
function columnsOf({ model }: ObjectType, field: Field): readonly string[] {
  if (field.kind === 'column') return [field.column.name]
  if (field.kind === 'one') return [foreignKey(model, field.relation).name]
  const { declaration } = field
  if (declaration.kind === 'money') return [declaration.amount, declaration.currency]
  return declaration.kind === 'reference' ? [declaration.typeColumn, declaration.idColumn] : []
}

const columnsByObject = new WeakMap<ObjectType, readonly Column[]>()

/**
 * Returns the columns that store the object's fields, and the discriminator (the column that says which variant a
 * record is). Other columns, such as the hash of an API key, are never returned to plugins.
 */
export function publishedColumns(object: ObjectType): readonly Column[] {
  const cached = columnsByObject.get(object)
  if (cached) return cached
  const { model } = object
  const names = new Set([...object.fields.values()].flatMap((field) => columnsOf(object, field)))
  if (object.discriminator) names.add(object.discriminator.name)
  const columns = [...model.columns.values()].filter(({ name }) => names.has(name))
  columnsByObject.set(object, columns)
  return columns
}
