import { type Row, rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, join, or, type Sql, sql } from '../../data/sql.ts'
import { readFieldScopes } from '../../permissions/guard.ts'
import { accessConditions, scopeConditions } from '../../permissions/record-access.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, RecordType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import type { Reading } from '../reading.ts'
import { objectsOf } from '../reference.ts'

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
 * record is not visible to the caller.
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
  for (const name of model.columns.keys()) {
    const condition = conditions.get(name)
    if (condition === null || (condition === undefined && !includesUnpublished)) continue
    const value = visibleValue(reading, type, row, name)
    shown.set(name, condition && condition.length > 0 ? sql`case when ${and(condition)} then ${value} end` : value)
  }
  return shown
}

/** Columns that everybody who sees a row may read. */
function alwaysShown(type: RecordType): readonly string[] {
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
  return conditions !== null && conditions.length > 0 && isNeverNull(type, field) ? null : conditions
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

/** Returns the names of the columns that store a field. */
export function columnsOfField({ model }: RecordType, field: Field): readonly string[] {
  if (field.kind === 'column') return [field.column.name]
  if (field.kind === 'one') return [foreignKey(model, field.relation).name]
  const { declaration } = field
  if (declaration.kind === 'money') return [declaration.amount, declaration.currency]
  return declaration.kind === 'reference' ? [declaration.typeColumn, declaration.idColumn] : []
}

/** Returns SQL for a column's value. The id of a record that is not visible to the caller is null. */
function visibleValue(reading: Reading, type: RecordType, row: Row, name: string): Sql {
  const value = row.column(name)
  for (const field of type.fields.values()) {
    if (field.kind === 'one' && foreignKey(type.model, field.relation).name === name)
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

/** Returns SQL for the id of a record of the target; null when that record is not visible to the caller. */
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
