import type { GraphQLSchema } from 'graphql'
import { coerceInputValue, isInputType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { inSameWorkspace, type Row, rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { FindOptions, RecordValues } from '../../declare/plugin-context.ts'
import { mayRead } from '../../permissions/guard.ts'
import { accessConditions } from '../../permissions/record-access.ts'
import { visible } from '../../permissions/visible.ts'
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

interface Find {
  readonly registry: Registry
  readonly schema: GraphQLSchema
  readonly actor: Actor
  readonly object: ObjectType
}

/** Rows of an object that the actor may see, oldest first, with the columns that the object publishes. */
export async function findRecords(
  work: UnitOfWork,
  { registry, schema, actor, object }: Find,
  { filter, ids, first = DEFAULT_FIRST, after }: FindOptions,
): Promise<RecordValues[]> {
  if (!Number.isInteger(first) || first < 0 || first > MAX_FIRST)
    throw new Error(`\`first\` is a number from 0 to ${MAX_FIRST}, not ${first}.`)
  const reading = startFinding({ runtime: { registry, schema }, actor })
  const row = rowOf(reading.alias(), object.model)
  const conditions: Sql[] = [
    ids ? inSameWorkspace(reading, row) : sql`${workspaceOf(row)} = ${work.transaction.workspaceId}::uuid`,
    ...visible(reading, object, row),
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
    conditions.push(compileFilter(reading, object, row, coerced(schema, object, typedFilter(registry, object, filter))))
  const columns = readableColumns(actor, object).map(
    ({ name }) => sql`${toldColumn(reading, object, row, name)} as ${ident(name)}`,
  )
  return work.transaction.query(
    sql`select ${join(columns)} from ${tableOf(object, row)} where ${and(conditions)} order by ${row.column('id')} limit ${first}::int`,
  )
}

/** A column's value; null where it is the id of a record that the actor does not see, as it is to clients. */
function toldColumn(reading: Reading, object: ObjectType, row: Row, name: string): Sql {
  const value = row.column(name)
  for (const field of object.fields.values()) {
    if (field.kind === 'one' && foreignKey(object.model, field.relation).name === name)
      return toldId(reading, row, value, objectNamed(reading.registry, field.object))
    if (field.kind !== 'declared' || field.declaration.kind !== 'reference') continue
    const { to, typeColumn, idColumn } = field.declaration
    if (idColumn !== name) continue
    const branches = objectsOf(reading, to).map(
      (target) => sql`when ${target.name} then ${toldId(reading, row, value, target)}`,
    )
    return branches.length > 0 ? sql`case ${row.column(typeColumn)} ${join(branches, ' ')} end` : value
  }
  return value
}

function toldId(reading: Reading, row: Row, value: Sql, target: ObjectType): Sql {
  const other = rowOf(reading.alias(), target.model)
  const reached = accessConditions(reading, target, other, 'read') ?? [sql`false`]
  if (reached.length === 0) return value
  const met = and([sql`${workspaceOf(other)} = ${workspaceOf(row)}`, sql`${other.column('id')} = ${value}`, ...reached])
  return sql`case when exists (select from ${tableOf(target, other)} where ${met}) then ${value} end`
}

/** The filter as a client's would be taken, so that a misspelt condition is an error and not left out. */
function coerced(schema: GraphQLSchema, object: ObjectType, filter: unknown): unknown {
  const type = schema.getType(`${object.name}Filter`)
  return isInputType(type) ? coerceInputValue(filter, type) : filter
}

/** Columns behind the fields that the actor may read. */
function readableColumns(actor: Actor, object: ObjectType): readonly Column[] {
  const whole = publishedColumns(object)
  const hidden = new Set<string>()
  const told = new Set(['id', 'version', ...(object.discriminator ? [object.discriminator.name] : [])])
  for (const field of object.fields.values())
    for (const name of columnsOf(object, field))
      if (mayRead(actor, object, field.name)) told.add(name)
      else hidden.add(name)
  return hidden.size === 0 ? whole : whole.filter(({ name }) => told.has(name) || !hidden.has(name))
}

/** Columns that a field of a record is kept in. */
function columnsOf({ model }: ObjectType, field: Field): readonly string[] {
  if (field.kind === 'column') return [field.column.name]
  if (field.kind === 'one') return [foreignKey(model, field.relation).name]
  const { declaration } = field
  if (declaration.kind === 'money') return [declaration.amount, declaration.currency]
  return declaration.kind === 'reference' ? [declaration.typeColumn, declaration.idColumn] : []
}

const published = new WeakMap<ObjectType, readonly Column[]>()

/** Columns behind the object's fields: what it doesn't publish, such as the hash of a key, is for nobody. */
export function publishedColumns(object: ObjectType): readonly Column[] {
  const known = published.get(object)
  if (known) return known
  const { model } = object
  const names = new Set([...object.fields.values()].flatMap((field) => columnsOf(object, field)))
  if (object.discriminator) names.add(object.discriminator.name)
  const columns = [...model.columns.values()].filter(({ name }) => names.has(name))
  published.set(object, columns)
  return columns
}
