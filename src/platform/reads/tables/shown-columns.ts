import { type Row, recordExists, rowOf } from '../../data/row.ts'
import { and, join, or, type Sql, sql } from '../../data/sql.ts'
import { readFieldScopes } from '../../permissions/guard.ts'
import { accessConditions, scopeConditions } from '../../permissions/record-access.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { columnsOfField, foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, RecordType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Reading } from '../reading.ts'
import { objectsOf } from '../reference.ts'
import { listedValue, listingFields } from './listed-columns.ts'

/** The row whose columns are read, and what decides which of them the caller may read. */
export interface ColumnSource {
  readonly type: RecordType
  readonly row: Row
  /** Object whose permissions on fields apply, and its row; null for items, whose columns need no permission. */
  readonly guard: { readonly object: ObjectType; readonly row: Row } | null
  /** Whether columns that no field publishes are included. */
  readonly includesUnpublished: boolean
}

/**
 * Returns SQL for the columns that the caller may read, by the model's field names. Where the caller may read a column
 * on some of the rows only, its value is null on the others. As in the API, the id of another record is null when that
 * record is not visible to the caller. The id of a soft-deleted record is not hidden: with `includeDeleted`, the API
 * shows the record to the same callers.
 */
export function shownColumns(reading: Reading, source: ColumnSource): ReadonlyMap<string, Sql> {
  const { type, row, guard, includesUnpublished } = source
  const { model } = type
  const conditions = new Map<string, readonly Sql[] | null>()
  for (const name of alwaysShown(type)) conditions.set(name, [])
  for (const field of type.fields.values()) {
    const readable = guard ? readableOn(reading, guard, type, field) : []
    for (const name of columnsOfField(type, field)) {
      const earlier = conditions.get(name)
      // A column that stores several fields is shown where the caller may read one of the fields.
      conditions.set(name, earlier ? eitherOf(earlier, readable) : readable)
    }
  }
  const shown = new Map<string, Sql>()
  const listings = guard?.object === type ? listingFields(reading.registry, guard.object) : null
  for (const name of model.columns.keys()) {
    const condition = conditions.get(name)
    const listing = listings?.get(name)
    if (condition === undefined && listing && !includesUnpublished)
      shown.set(name, listedValue(reading, row, name, listing))
    if (condition === null || (condition === undefined && !includesUnpublished)) continue
    const value = visibleValue(reading, type, row, name)
    shown.set(name, condition && condition.length > 0 ? sql`case when ${and(condition)} then ${value} end` : value)
  }
  return shown
}

/** Columns that everybody who sees a row may read. */
export function alwaysShown(type: RecordType): readonly string[] {
  const { discriminator, where }: Partial<ObjectType> = type
  return ['workspaceId', 'id', 'version', 'position', discriminator?.name, where?.column.name].flatMap((name) =>
    name !== undefined && type.model.columns.has(name) ? [name] : [],
  )
}

/**
 * As `fieldConditions`. A field that is never null is readable on all visible rows or on none, because the API can't
 * return null for it either.
 */
function readableOn(
  reading: Reading,
  guard: NonNullable<ColumnSource['guard']>,
  type: RecordType,
  field: Field,
): readonly Sql[] | null {
  const conditions = fieldConditions(reading, guard, field.name)
  // The fields of a variant's detail may be null in the API, whatever their columns require.
  const mayBeNull = type !== guard.object || !isNeverNull(type, field)
  return mayBeNull || conditions === null || conditions.length === 0 ? conditions : null
}

function isNeverNull({ model }: RecordType, field: Field): boolean {
  if (field.kind === 'column') return field.column.isRequired
  if (field.kind === 'one' || field.declaration.kind !== 'money') return false
  return model.columns.get(field.declaration.amount)?.isRequired === true
}

/** Returns the conditions of the visible rows on which the caller may read a field; null for no row. */
export function fieldConditions(
  reading: Reading,
  { object, row }: { readonly object: ObjectType; readonly row: Row },
  field: string,
): readonly Sql[] | null {
  if (reading.isSystem) return []
  const scopes = readFieldScopes(reading.actor, object, field)
  return scopes && scopeConditions(reading, object, row, 'read', scopes)
}

/** Joins two lists of conditions, as `fieldConditions` returns them, by OR. */
function eitherOf(one: readonly Sql[], other: readonly Sql[] | null): readonly Sql[] {
  if (other === null) return one
  return one.length === 0 || other.length === 0 ? [] : [or([and(one), and(other)])]
}

/** Returns SQL for a column's value. The id, and the type, of a record that is not visible to the caller is null. */
export function visibleValue(reading: Reading, type: RecordType, row: Row, name: string): Sql {
  const value = row.column(name)
  for (const field of type.fields.values()) {
    if (field.kind === 'one' && foreignKey(type.model, field.relation).name === name)
      return whereVisible(reading, row, value, objectNamed(reading.registry, field.object), value)
    if (field.kind !== 'declared' || field.declaration.kind !== 'reference') continue
    const { to, typeColumn, idColumn } = field.declaration
    if (idColumn !== name && typeColumn !== name) continue
    const branches = objectsOf(reading, to).map(
      (target) => sql`when ${target.name} then ${whereVisible(reading, row, row.column(idColumn), target, value)}`,
    )
    return branches.length > 0 ? sql`case ${row.column(typeColumn)} ${join(branches, ' ')} end` : hiddenValue(value)
  }
  return value
}

/** Returns a null of the type of a value. */
export function hiddenValue(value: Sql): Sql {
  return sql`nullif(${value}, ${value})`
}

/**
 * Returns SQL for the value where the target's record with this id is visible to the caller, soft-deleted or not; null
 * elsewhere.
 */
function whereVisible(reading: Reading, row: Row, id: Sql, target: ObjectType, value: Sql): Sql {
  const targetRow = rowOf(reading.alias(), target.model)
  // `where` of the target is not checked: writes accept only the ids of such records, and an unconditional column is one
  // whose index PostgreSQL can use.
  const access = target.where
    ? (accessConditions(reading, target, targetRow, 'read') ?? [sql`false`])
    : visibilityConditions(reading, target, targetRow, { includeDeleted: true })
  if (access.length === 0) return value
  return sql`case when ${recordExists(targetRow, row, id, access)} then ${value} end`
}
