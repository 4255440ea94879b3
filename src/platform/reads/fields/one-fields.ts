import { rowOf, tableOf } from '../../data/row.ts'
import { and, ident, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead, Place } from '../../declare/objects/field-read.ts'
import type { ReferenceField } from '../../declare/objects/fields.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { Field, ObjectType, RecordType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileRecord } from '../record.ts'
import { compileReference } from '../reference.ts'

export function readOne(registry: Registry, field: Extract<Field, { kind: 'one' }>): FieldRead {
  return ({ reading, row, group }) => {
    const target = objectNamed(registry, field.object)
    return oneRecord({ reading, group }, target, (other) => [
      sql`${other.column('workspaceId')} = ${row.column('workspaceId')}`,
      sql`${other.column('id')} = ${row.column(foreignKey(row.model, field.relation).name)}`,
    ])
  }
}

/** The record that a variant's detail table leads to. */
export function readDetailOne(
  registry: Registry,
  detail: RecordType,
  field: Extract<Field, { kind: 'one' }>,
): FieldRead {
  return ({ reading, row, group }) => {
    const own = rowOf(reading.alias(), detail.model)
    const key = sql`(select ${own.column(foreignKey(detail.model, field.relation).name)} from ${ident(detail.model.table)} ${own.alias} where ${own.column('workspaceId')} = ${row.column('workspaceId')} and ${own.column('id')} = ${row.column('id')})`
    return oneRecord({ reading, group }, objectNamed(registry, field.object), (other) => [
      sql`${other.column('workspaceId')} = ${row.column('workspaceId')}`,
      sql`${other.column('id')} = ${key}`,
    ])
  }
}

/** One record of the object by conditions that at most one row meets, or null. */
export function oneRecord(
  place: Pick<Place, 'reading' | 'group'>,
  object: ObjectType,
  conditions: (row: ReturnType<typeof rowOf>) => readonly Sql[],
  options: { readonly includeDeleted?: boolean } = {},
): Compiled {
  const row = rowOf(place.reading.alias(), object.model)
  const record = compileRecord(place.reading, object, row, place.group)
  const met = and([...conditions(row), ...visibilityConditions(place.reading, object, row, options)])
  return { sql: sql`(select ${record.sql} from ${tableOf(object, row)} where ${met})`, shape: record.shape }
}

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
