import { inSameWorkspace, type Row, rowOf, tableOf } from '../data/row.ts'
import { and, columnOf, type Sql, sql } from '../data/sql.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import { decodeId } from '../declare/record-id.ts'
import { requireFilterable } from '../permissions/field-use.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import { visibleRecordCondition } from '../permissions/visible-records.ts'
import { compileConnection } from '../reads/connection.ts'
import { compileFilter } from '../reads/filter/filter.ts'
import type { OrderKey } from '../reads/order/keyset.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'

/**
 * SQL of the lowest id of a transaction that may still be running. Changes of this transaction and of later ones are
 * not read yet. Otherwise this transaction could commit when a reader's cursor is already past it, and the reader would
 * miss its changes.
 */
export const HORIZON = sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

/** Returns the order keys of the log: the id of the transaction, then the position of the change in it. */
export function logKeys(row: Row): OrderKey[] {
  const cast = sql`::bigint`
  return [
    { name: 'xid', value: row.column('xid'), cast, direction: 'ASC', isNullable: false },
    { name: 'seq', value: row.column('seq'), cast, direction: 'ASC', isNullable: false },
  ]
}

/**
 * Returns the conditions of the changes that meet the filter and that the caller may see.
 * @param filter Value of the argument `filter`: a ChangeFilter, or null or undefined for no filter.
 * @throws GraphQLError FORBIDDEN when the filter uses a field of `Change` that the caller may not read.
 */
export function changeConditions(reading: Reading, row: Row, filter: unknown): Sql[] {
  const change = objectNamed(reading.registry, 'Change')
  for (const [name, value] of Object.entries(filter ?? {})) {
    const field = FILTERED_FIELDS[name]
    if (field && value !== null) requireFilterable(reading, change, field)
  }
  return logConditions(reading, row, filter)
}

/** The field of `Change` with which each field of a ChangeFilter is compared. */
const FILTERED_FIELDS: Readonly<Record<string, string>> = {
  types: 'type',
  recordIds: 'recordId',
  operations: 'operation',
}

/**
 * Returns the conditions of the changes below the horizon that the caller may see and that meet the filter.
 * @param filter As in `changeConditions`, but its fields need no permission: it is not from the caller.
 */
export function logConditions(reading: Reading, row: Row, filter: unknown): Sql[] {
  const change = objectNamed(reading.registry, 'Change')
  return [
    sql`${row.column('workspaceId')} = ${reading.actor.workspaceId}::uuid`,
    sql`${row.column('xid')} < ${HORIZON}`,
    ...visibilityConditions(reading, change, row),
    visibleRecordCondition(reading, row),
    ...filterConditions(row, filter),
  ]
}

function filterConditions(row: Row, filter: unknown): Sql[] {
  const { types, recordIds, operations } = Object.fromEntries(Object.entries(filter ?? {}))
  const conditions: Sql[] = []
  if (Array.isArray(types)) conditions.push(sql`${row.column('type')} = any(${types.map(String)}::text[])`)
  if (Array.isArray(operations))
    conditions.push(sql`${row.column('operation')}::text = any(${operations.map(String)}::text[])`)
  if (Array.isArray(recordIds)) {
    const uuids = recordIds.flatMap((id) => decodeId(String(id))?.uuid ?? [])
    conditions.push(sql`${row.column('recordId')} = any(${uuids}::uuid[])`)
  }
  return conditions
}

/** Compiles `changes(…)`: the log as a list, for clients that poll it instead of using a subscription. */
export const readChanges: FieldRead = (place) => {
  const { reading, args } = place
  const change = objectNamed(reading.registry, 'Change')
  const row = rowOf(reading.alias(), change.model)
  return compileConnection(place, 'ChangeConnection', {
    object: change,
    row,
    from: tableOf(change, row),
    conditions: changeConditions(reading, row, args['filter']),
    keys: logKeys(row),
    // Cursors of subscriptions have the same mark (cursor.ts): the list and the subscriptions accept each other's
    // cursors.
    mark: 'log',
  })
}

/**
 * Returns the conditions of the changes of one object whose record, as it is now, meets the filter and is visible to
 * the caller.
 * @param filter Value of the object's filter type, such as AccountFilter.
 */
export function objectChangeConditions(reading: Reading, row: Row, object: ObjectType, filter: unknown): Sql[] {
  const record = rowOf(reading.alias(), object.model)
  const recordCondition = and([
    inSameWorkspace(reading, record),
    sql`${columnOf(record.alias, 'id')} = ${row.column('recordId')}`,
    ...visibilityConditions(reading, object, record, { includeDeleted: true }),
    compileFilter(reading, object, record, filter),
  ])
  return [
    ...logConditions(reading, row, { types: [object.name] }),
    sql`exists (select from ${tableOf(object, record)} where ${recordCondition})`,
  ]
}
