import { inSameWorkspace, type Row, rowOf, tableOf, workspaceOf } from '../data/row.ts'
import { and, empty, join, type Sql, sql } from '../data/sql.ts'
import type { Compiled, FieldRead, Place } from '../declare/objects/field-read.ts'
import { decodeId } from '../declare/record-id.ts'
import { badUserInput } from '../errors.ts'
import { requireSearchable } from '../permissions/field-use.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import type { ObjectType, Registry } from '../registry/object-type.ts'
import { compileConnection } from './connection.ts'
import { oneRecord } from './fields/one-fields.ts'
import { compileFilter } from './filter/filter.ts'
import { searchFor } from './filter/search.ts'
import type { OrderKey } from './order/keyset.ts'
import { type OrderTerm, orderKeys, orderTerms } from './order/order.ts'
import { elementsOf, type Reading } from './reading.ts'
import { compileRecord } from './record.ts'
import { withTypeName } from './reference.ts'

/**
 * Returns a substitute for the table row over which a field is compiled: root fields belong to no record. Its only
 * column is `workspaceId`, the id of the caller's workspace.
 */
export function rootRow(reading: Reading): Row {
  // A `Row` must have a model. Root fields do not use it, so any model will do.
  const [model] = reading.registry.models.models.values()
  if (!model) throw new Error('There are no models.')
  return {
    alias: empty,
    model,
    column(name) {
      if (name !== 'workspaceId') throw new Error(`A root field has no row to read ${name} from.`)
      return sql`${reading.actor.workspaceId}::uuid`
    },
  }
}

/**
 * Returns the condition that a row of a list belongs to the caller's workspace. PostgreSQL's row-level security also
 * enforces this. Unlike `inSameWorkspace`, it shows the workspace id to PostgreSQL's planner, which needs it for lists.
 */
function inWorkspace(reading: Reading, row: Row): Sql {
  return sql`${workspaceOf(row)} = ${reading.actor.workspaceId}::uuid`
}

/** The records that the arguments of a root field select, before they are ordered, paged or grouped. */
export interface SelectedRows {
  readonly row: Row
  readonly from: Sql
  readonly conditions: readonly Sql[]
  /** Rank of a match, where the arguments search; null where they do not. */
  readonly rank: Sql | null
}

/** Compiles the arguments `filter`, `search` and `includeDeleted` of a root field. */
export function selectedRows({ reading, args }: Pick<Place, 'reading' | 'args'>, object: ObjectType): SelectedRows {
  const row = rowOf(reading.alias(), object.model)
  const from = tableOf(object, row)
  if (typeof args['search'] === 'string' && object.search) requireSearchable(reading, object)
  const search =
    typeof args['search'] === 'string' && object.search ? searchFor(args['search'], from, row, reading.alias()) : null
  return {
    row,
    from: search?.from ?? from,
    conditions: [
      inWorkspace(reading, row),
      ...visibilityConditions(reading, object, row, { includeDeleted: args['includeDeleted'] === true }),
      ...(args['filter'] ? [compileFilter(reading, object, row, args['filter'])] : []),
    ],
    rank: search?.rank ?? null,
  }
}

/** Returns the order of the records that the arguments of a root field select; a search finds the best matches first. */
export function selectedOrder(
  reading: Reading,
  object: ObjectType,
  { row, rank }: SelectedRows,
  terms: readonly OrderTerm[],
): OrderKey[] {
  const byRank: OrderKey[] =
    rank && terms.length === 0
      ? [{ name: 'rank', value: rank, cast: sql`::float8`, direction: 'DESC', isNullable: false }]
      : []
  return [
    ...byRank,
    ...orderKeys(reading, object, row, byRank.length > 0 ? [] : terms).map(
      // The id has the direction of the key before it, as in every order.
      (key): OrderKey => (byRank.length > 0 ? { ...key, direction: 'DESC' } : key),
    ),
  ]
}

/** Returns how a root list field of an object is read, such as `accounts(…)`. */
export function readRootList(object: ObjectType): FieldRead {
  return (place) => {
    const { reading, args } = place
    const terms = orderTerms(args['orderBy'])
    const selected = selectedRows(place, object)
    const { row, from, conditions } = selected
    const keys = selectedOrder(reading, object, selected, terms)
    return compileConnection(place, `${object.name}Connection`, { object, row, from, conditions, keys })
  }
}

/** Returns how a root field of one record is read, such as `account(id:)`. */
export function readRootOne(object: ObjectType): FieldRead {
  return (place) => {
    const uuid = uuidFor(object, place.args['id'])
    return uuid ? recordById(place.reading, object, uuid, place.group, place.args['includeDeleted'] === true) : noRecord
  }
}

/**
 * Compiles the record with this uuid in the caller's workspace. The answer is null when the record does not exist or is
 * not visible to the caller.
 */
export function recordById(
  reading: Reading,
  object: ObjectType,
  uuid: string,
  group: Parameters<typeof oneRecord>[0]['group'],
  includeDeleted = false,
): Compiled {
  return oneRecord(
    { reading, group },
    object,
    (row) => [inSameWorkspace(reading, row), sql`${row.column('id')} = ${uuid}::uuid`],
    { includeDeleted },
  )
}

const noRecord: Compiled = { sql: sql`null`, shape: () => null }

/**
 * Returns the uuid in a record id of the object. Returns null when the value is not a record id, or is the id of a
 * record of another object.
 */
export function uuidFor(object: ObjectType, id: unknown): string | null {
  const decoded = typeof id === 'string' ? decodeId(id) : null
  if (!decoded) return null
  const prefixes = [object.prefix, ...[...object.variants.values()].map((variant) => variant.prefix)]
  return prefixes.includes(decoded.prefix) ? decoded.uuid : null
}

/** Returns how `node(id:)` is read: Relay's Global Object Identification. */
export function readNode(registry: Registry): FieldRead {
  return ({ reading, group, args }) => {
    const decoded = decodeId(String(args['id']))
    const object = decoded ? registry.prefixes.get(decoded.prefix) : undefined
    if (!decoded || !object) return noRecord
    const record = recordById(reading, object, decoded.uuid, group)
    return {
      sql: record.sql,
      shape: (value) =>
        object.variants.size > 0 ? record.shape(value) : withTypeName(object.name, record.shape(value)),
    }
  }
}

/** Maximum number of ids of one `nodes` field. */
const MAX_NODES = 200

/**
 * Returns how `nodes(ids:)` is read: with one subquery for each object, whatever the number of ids. The answer is a
 * list in the order of the ids, with null for each record that does not exist or is not visible.
 */
export function readNodes(registry: Registry): FieldRead {
  return ({ reading, group, args }) => {
    const ids = Array.isArray(args['ids']) ? args['ids'].map(String) : []
    if (ids.length > MAX_NODES) throw badUserInput(`nodes takes ${MAX_NODES} ids at most, not ${ids.length}.`)
    const decoded = ids.map(decodeId)
    const uuidsByObject = new Map<ObjectType, Set<string>>()
    for (const id of decoded) {
      const object = id ? registry.prefixes.get(id.prefix) : undefined
      if (id && object) uuidsByObject.set(object, (uuidsByObject.get(object) ?? new Set()).add(id.uuid))
    }
    const subqueries = [...uuidsByObject].map(([object, uuids]) => ({
      object,
      compiled: recordsById(reading, object, [...uuids], group),
    }))
    return {
      sql:
        subqueries.length > 0
          ? sql`json_build_array(${join(subqueries.map(({ compiled }) => compiled.sql))})`
          : sql`null`,
      shape(value) {
        const records = new Map<ObjectType, ReadonlyMap<string, unknown>>()
        if (value !== null)
          for (const [index, element] of elementsOf(value).entries()) {
            const subquery = subqueries[index]
            if (subquery) records.set(subquery.object, subquery.compiled.shape(element))
          }
        return decoded.map((id) => {
          const object = id ? registry.prefixes.get(id.prefix) : undefined
          return (id && object && records.get(object)?.get(id.uuid)) ?? null
        })
      },
    }
  }
}

/**
 * Compiles the records with these uuids in the caller's workspace. `shape` returns the records that are visible to the
 * caller, by uuid.
 */
export function recordsById(
  reading: Reading,
  object: ObjectType,
  uuids: readonly string[],
  group: Parameters<typeof oneRecord>[0]['group'],
  includeDeleted = false,
): { readonly sql: Sql; shape(value: unknown): Map<string, unknown> } {
  const row = rowOf(reading.alias(), object.model)
  const record = compileRecord(reading, object, row, group)
  const condition = and([
    inSameWorkspace(reading, row),
    sql`${row.column('id')} = any(${uuids}::uuid[])`,
    ...visibilityConditions(reading, object, row, { includeDeleted }),
  ])
  return {
    sql: sql`(select json_agg(json_build_array(${row.column('id')}, ${record.sql})) from ${tableOf(object, row)} where ${condition})`,
    shape(value) {
      const records = new Map<string, unknown>()
      if (value === null) return records
      for (const element of elementsOf(value)) {
        const [uuid, answer] = elementsOf(element)
        const shaped = record.shape(answer)
        records.set(String(uuid), object.variants.size > 0 ? shaped : withTypeName(object.name, shaped))
      }
      return records
    },
  }
}
