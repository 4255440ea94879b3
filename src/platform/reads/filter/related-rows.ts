import { inSameWorkspace, type Row, rowOf } from '../../data/row.ts'
import { and, columnOf, ident, type Sql, sql } from '../../data/sql.ts'
import type { ItemsField, ManyField } from '../../declare/objects/relation-fields.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import { columnOrForeignKey, foreignKey } from '../../registry/columns.ts'
import type { ObjectType } from '../../registry/object-type.ts'

/** Returns FROM and WHERE of the records of a to-many field, restricted by further conditions. */
export function relatedRows(
  reading: AccessContext,
  object: ObjectType,
  row: Row,
  declaration: ManyField,
  other: Row,
  conditions: readonly Sql[],
): Sql {
  if (declaration.link) {
    const linkModel = reading.registry.models.models.get(declaration.link.item.model)
    const to = linkModel?.relations.get(declaration.link.to)
    if (!linkModel || !to)
      throw new Error(
        `${object.name}: the link ${declaration.link.item.model} lacks the relation ${declaration.link.to}.`,
      )
    const link = rowOf(reading.alias(), linkModel)
    return sql`${ident(linkModel.table)} ${link.alias} join ${ident(other.model.table)} ${other.alias} on ${and([
      inSameWorkspace(reading, other),
      sql`${other.column('id')} = ${link.column(foreignKey(linkModel, to).name)}`,
    ])} where ${and([
      inSameWorkspace(reading, link),
      sql`${link.column(columnOrForeignKey(linkModel, declaration.link.by).name)} = ${row.column('id')}`,
      ...conditions,
    ])}`
  }
  const key = columnOrForeignKey(other.model, declaration.by ?? object.singular)
  return sql`${ident(other.model.table)} ${other.alias} where ${and([
    inSameWorkspace(reading, other),
    sql`${columnOf(other.alias, key.column)} = ${row.column('id')}`,
    ...conditions,
  ])}`
}

/** Returns FROM and WHERE of the items of a record, restricted by a condition. */
export function itemRows(reading: AccessContext, row: Row, { by }: ItemsField, item: Row, condition: Sql): Sql {
  const { table } = item.model
  const record = item.column(columnOrForeignKey(item.model, by).name)
  const isOfRecord = and([inSameWorkspace(reading, item), sql`${record} = ${row.column('id')}`, condition])
  return sql`${ident(table)} ${item.alias} where ${isOfRecord}`
}
