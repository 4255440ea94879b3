import { rowOf, tableOf } from '../../data/row.ts'
import { and, ident, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead, Place } from '../../declare/objects/field-read.ts'
import type { ReferenceField } from '../../declare/objects/relation-fields.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, RecordType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileRecord } from '../record.ts'
import { compileReference } from '../reference.ts'

/**
 * Returns how a to-one field is read: as the record that the foreign key refers to; null when this record is not
 * visible to the caller.
 */
export function readOne(registry: Registry, field: Extract<Field, { kind: 'one' }>): FieldRead {
  return ({ reading, row, group }) => {
    const object = objectNamed(registry, field.object)
    return oneRecord({ reading, group }, object, (target) => [
      sql`${target.column('workspaceId')} = ${row.column('workspaceId')}`,
      sql`${target.column('id')} = ${row.column(foreignKey(row.model, field.relation).name)}`,
    ])
  }
}

/** Returns how a to-one field of a variant is read: as the record that a foreign key of the detail table refers to. */
export function readDetailOne(
  registry: Registry,
  detail: RecordType,
  field: Extract<Field, { kind: 'one' }>,
): FieldRead {
  return ({ reading, row, group }) => {
    const detailRow = rowOf(reading.alias(), detail.model)
    const key = sql`(select ${detailRow.column(foreignKey(detail.model, field.relation).name)} from ${ident(detail.model.table)} ${detailRow.alias} where ${detailRow.column('workspaceId')} = ${row.column('workspaceId')} and ${detailRow.column('id')} = ${row.column('id')})`
    return oneRecord({ reading, group }, objectNamed(registry, field.object), (target) => [
      sql`${target.column('workspaceId')} = ${row.column('workspaceId')}`,
      sql`${target.column('id')} = ${key}`,
    ])
  }
}

/**
 * Compiles the record of the object that meets the conditions. The answer is null when no record meets them, or the
 * record is not visible to the caller.
 * @param conditions Returns conditions that at most one row meets.
 */
export function oneRecord(
  { reading, group }: Pick<Place, 'reading' | 'group'>,
  object: ObjectType,
  conditions: (row: ReturnType<typeof rowOf>) => readonly Sql[],
  options: { readonly includeDeleted?: boolean } = {},
): Compiled {
  const row = rowOf(reading.alias(), object.model)
  const record = compileRecord(reading, object, row, group)
  const condition = and([...conditions(row), ...visibilityConditions(reading, object, row, options)])
  return { sql: sql`(select ${record.sql} from ${tableOf(object, row)} where ${condition})`, shape: record.shape }
}

/** Returns how a reference to a record of any type is read, from the columns that hold its type and id. */
export function readReference(declaration: ReferenceField): FieldRead {
  return ({ reading, row, group }) =>
    compileReference(
      { reading, group },
      declaration.to,
      row,
      row.column(declaration.typeColumn),
      row.column(declaration.idColumn),
      { includeDeleted: declaration.showsDeleted === true },
    )
}
