import { inSameWorkspace, type Row, rowOf, tableOf } from '../data/row.ts'
import { and, columnOf, type Sql, sql } from '../data/sql.ts'
import type { FieldRead } from '../declare/objects/field-read.ts'
import { decodeId } from '../declare/record-id.ts'
import { requireReadableField } from '../permissions/guard.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import { visibleRecordCondition } from '../permissions/visible-records.ts'
import { compileConnection } from '../reads/connection.ts'
import { compileFilter } from '../reads/filter/filter.ts'
import type { OrderKey } from '../reads/order/keyset.ts'
import type { Reading } from '../reads/reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import { objectNamed } from '../registry/registry.ts'

/**
 * The lowest transaction that may still be running. Rows of it and above are not read yet: a lower number could still
 * commit after a higher one was seen, and would be lost to everyone who had passed it.
 */
export const HORIZON = sql`pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

/** Keys of the log's order. */
export function logKeys(row: Row): OrderKey[] {
  const cast = sql`::bigint`
  return [
    { name: 'xid', value: row.column('xid'), cast, direction: 'ASC', isNullable: false },
    { name: 'seq', value: row.column('seq'), cast, direction: 'ASC', isNullable: false },
  ]
}

/**
 * Conditions of the changes that the caller may see and asks for. Throws FORBIDDEN for a filter by a field of the log that they
 * may not read.
 */
export function changeConditions(reading: Reading, row: Row, filter: unknown): Sql[] {
  const change = objectNamed(reading.registry, 'Change')
  for (const [name, value] of Object.entries(filter ?? {})) {
    const field = FILTERED[name]
    if (field && value !== null) requireReadableField(reading.actor, change, field, 'Filtering')
  }
  return conditionsOf(reading, row, filter)
}

/** Fields that the parts of a filter of the log look at. */
const FILTERED: Readonly<Record<string, string>> = { types: 'type', recordIds: 'recordId', operations: 'operation' }

function conditionsOf(reading: Reading, row: Row, filter: unknown): Sql[] {
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

/** `changes(…)`: the log by polling. */
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
    mark: 'log',
  })
}

/** Conditions of the changes of one object's records that meet the filter as they are now. */
export function objectChangeConditions(reading: Reading, row: Row, object: ObjectType, filter: unknown): Sql[] {
  const record = rowOf(reading.alias(), object.model)
  const met = and([
    inSameWorkspace(reading, record),
    sql`${columnOf(record.alias, 'id')} = ${row.column('recordId')}`,
    ...visibilityConditions(reading, object, record, { includeDeleted: true }),
    compileFilter(reading, object, record, filter),
  ])
  return [
    ...conditionsOf(reading, row, { types: [object.name] }),
    sql`exists (select from ${tableOf(object, record)} where ${met})`,
  ]
}
