import { rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { and, ident, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead } from '../../declare/objects/field-read.ts'
import type { ItemsField, ListField, ReferencesField } from '../../declare/objects/relation-fields.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import { columnOrForeignKey } from '../../registry/columns.ts'
import type { Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { type DeclaredSql, declaredSql } from '../plugin-sql.ts'
import { elementsOf } from '../reading.ts'
import { compileRecord } from '../record.ts'
import { compileReference } from '../reference.ts'
import { compileSelection } from '../select.ts'

/** Returns how a list of items is read: the rows of the items' table that belong to the record, ordered by position. */
export function readItems(registry: Registry, declaration: ItemsField): FieldRead {
  const model = registry.models.models.get(declaration.item.model)
  if (!model) throw new Error(`No model ${declaration.item.model}.`)
  const typeName = declaration.item.name ?? declaration.item.model
  return ({ reading, row, group }) => {
    const item = rowOf(reading.alias(), model)
    const selection = compileSelection(reading, typeName, item, group)
    return listOf(
      sql`select ${selection.sql} as item from ${ident(model.table)} ${item.alias} where ${item.column('workspaceId')} = ${row.column('workspaceId')} and ${item.column(
        columnOrForeignKey(model, declaration.by).name,
      )} = ${row.column('id')} order by ${item.column('position')}, ${item.column('id')}`,
      selection.shape,
    )
  }
}

/**
 * Returns how a list of references to records of any type is read. References to records that are not visible are left
 * out.
 */
export function readReferences(registry: Registry, declaration: ReferencesField): FieldRead {
  const model = registry.models.models.get(declaration.model)
  if (!model) throw new Error(`No model ${declaration.model}.`)
  return ({ reading, row, group }) => {
    const link = rowOf(reading.alias(), model)
    const record = compileReference(
      { reading, group },
      declaration.to,
      link,
      link.column(declaration.typeColumn),
      link.column(declaration.idColumn),
    )
    const references = listOf(
      sql`select ${record.sql} as item from ${ident(model.table)} ${link.alias} where ${link.column('workspaceId')} = ${row.column('workspaceId')} and ${link.column(
        columnOrForeignKey(model, declaration.by).name,
      )} = ${row.column('id')} order by ${link.column('position')}, ${link.column('id')}`,
      record.shape,
    )
    return {
      sql: references.sql,
      shape: (value) => elementsOf(references.shape(value)).filter((record) => record !== null),
    }
  }
}

/**
 * Returns how a list field is read. Its declared query returns the columns `id` and `position`. The answer has the
 * records with these ids that are visible to the caller, ordered by `position`; with `isSingle` only the first record.
 */
export function readList(declared: DeclaredSql, declaration: ListField): FieldRead {
  return ({ reading, row, group }) => {
    const object = objectNamed(declared.registry, declaration.object)
    const target = rowOf(reading.alias(), object.model)
    const ids = reading.alias()
    const record = compileRecord(declaration.isOwn ? { ...reading, ownObject: object } : reading, object, target, group)
    const rows = sql`select ${record.sql} as item from (${declaredSql(declared, reading, row, declaration.ids)}) ${ids} join ${tableOf(object, target)} on ${and(
      [sql`${workspaceOf(target)} = ${row.column('workspaceId')}`, sql`${target.column('id')} = ${ids}.id`],
    )} where ${and(visibilityConditions(reading, object, target, { isOwn: declaration.isOwn === true }))} order by ${ids}.position`
    return declaration.isSingle ? { sql: sql`(${rows} limit 1)`, shape: record.shape } : listOf(rows, record.shape)
  }
}

/** Compiles a query with one column `item` to a list of its values. */
export function listOf(rows: Sql, shape: (value: unknown) => unknown): Compiled {
  return {
    sql: sql`(select json_agg(p.item) from (${rows}) p)`,
    shape: (value) => (value === null ? [] : elementsOf(value).map(shape)),
  }
}
