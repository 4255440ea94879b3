import type { GraphQLSchema } from 'graphql'
import { coerceInputValue, isInputType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { inSameWorkspace, rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, ident, join, type Sql, sql } from '../../data/sql.ts'
import type { RecordOf } from '../../declare/record-types.ts'
import type { FindOptions } from '../../declare/records.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { compileFilter } from '../../reads/filter/filter.ts'
import { startFinding } from '../../reads/start-reading.ts'
import { listingFields } from '../../reads/tables/listed-columns.ts'
import { shownColumns } from '../../reads/tables/shown-columns.ts'
import { columnsOfField } from '../../registry/columns.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { typedFilter } from '../../registry/typed-filter.ts'
import type { Actor } from '../../request/actor.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { withoutPrismaValues } from './prisma-input.ts'
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
export async function findRecords<Name extends string>(
  work: UnitOfWork,
  { registry, schema, actor, object }: SearchedObject,
  { filter, ids, first = DEFAULT_FIRST, after }: FindOptions<Name>,
): Promise<RecordOf<Name>[]> {
  if (!Number.isInteger(first) || first < 0 || first > MAX_FIRST)
    throw new Error(`\`first\` is a number from 0 to ${MAX_FIRST}, not ${first}.`)
  const reading = startFinding({ runtime: { registry, schema }, actor, now: work.now })
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
  const published = new Set([
    ...publishedColumns(object).map(({ name }) => name),
    ...listingFields(registry, object).keys(),
  ])
  const shown = shownColumns(reading, { type: object, row, guard: { object, row }, includesUnpublished: false })
  const columns = [...shown].flatMap(([name, value]) => (published.has(name) ? [sql`${value} as ${ident(name)}`] : []))
  return work.transaction.query(
    sql`select ${join(columns)} from ${tableOf(object, row)} where ${and(conditions)} order by ${row.column('id')} limit ${first}::int`,
  )
}

/**
 * Coerces the filter as the API does for a client. Throws for a misspelt condition, which would be ignored otherwise.
 */
function coerceFilter(schema: GraphQLSchema, object: ObjectType, filter: unknown): unknown {
  const type = schema.getType(`${object.name}Filter`)
  return isInputType(type) ? coerceInputValue(withoutPrismaValues(type, filter), type) : filter
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
  const names = new Set([...object.fields.values()].flatMap((field) => columnsOfField(object, field)))
  if (object.discriminator) names.add(object.discriminator.name)
  const columns = [...model.columns.values()].filter(({ name }) => names.has(name))
  columnsByObject.set(object, columns)
  return columns
}
