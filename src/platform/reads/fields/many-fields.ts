import { rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { ident, type Sql, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { ManyField } from '../../declare/objects/relation-fields.ts'
import { capital } from '../../formats/capital.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import { manyFieldConditions, visibilityConditions } from '../../permissions/visible.ts'
import { columnOrForeignKey, foreignKey } from '../../registry/columns.ts'
import type { RecordType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileConnection } from '../connection.ts'
import { compileFilter } from '../filter/filter.ts'
import { orderKeys, orderTerms } from '../order/order.ts'

/** Returns how a to-many field is read: as a connection, through a foreign key or a link table. */
export function readMany(registry: Registry, type: RecordType, name: string, declaration: ManyField): FieldRead {
  const connectionName = connectionTypeName(type.name, name, declaration)
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(registry, declaration.object)
    const target = rowOf(reading.alias(), object.model)
    const terms = orderTerms(args['orderBy'])
    // Fields that the caller may not read are left out of the default order, and not refused: the client did not
    // request this order.
    const order =
      terms.length > 0
        ? terms
        : (declaration.defaultOrder ?? []).filter(({ field }) => canReadFieldOfAllRecords(reading.actor, object, field))
    const restrictions = [
      ...visibilityConditions(reading, object, target),
      ...manyFieldConditions(declaration, target),
      ...(args['filter'] ? [compileFilter(reading, object, target, args['filter'])] : []),
    ]
    const { link } = declaration
    if (!link) {
      const key = columnOrForeignKey(object.model, declaration.by ?? '')
      return compileConnection(place, connectionName, {
        object,
        row: target,
        from: tableOf(object, target),
        conditions: [
          sql`${target.column('workspaceId')} = ${workspaceOf(row)}`,
          sql`${target.column(key.name)} = ${row.column('id')}`,
          ...restrictions,
        ],
        keys: orderKeys(reading, object, target, order),
      })
    }
    const model = registry.models.models.get(link.item.model)
    const to = model?.relations.get(link.to)
    if (!model || !to) throw new Error(`${type.name}.${name}: model ${link.item.model} has no relation ${link.to}.`)
    const edge = rowOf(reading.alias(), model)
    const targetId = edge.column(foreignKey(model, to).name)
    // Columns of the link that hold copies of the object's fields: ordering by them reads one index (see `orderKeys`).
    const copies = new Map<string, Sql>(
      Object.entries(link.order ?? {}).map(([field, column]) => [field, edge.column(column)]),
    )
    // Two records can be linked more than once, for example by different roles: the link's own id distinguishes the
    // links.
    copies.set('id', model.columns.has('id') ? edge.column('id') : targetId)
    return compileConnection(place, connectionName, {
      object,
      row: target,
      from: sql`${ident(model.table)} ${edge.alias} join ${tableOf(object, target)} on ${target.column('workspaceId')} = ${edge.column('workspaceId')} and ${target.column('id')} = ${targetId}`,
      conditions: [
        sql`${edge.column('workspaceId')} = ${row.column('workspaceId')}`,
        sql`${edge.column(columnOrForeignKey(model, link.by).name)} = ${row.column('id')}`,
        ...restrictions,
      ],
      keys: orderKeys(reading, object, target, order, copies),
      edge: { typeName: connectionName.replace(/Connection$/, 'Edge'), row: edge },
    })
  }
}

/**
 * Returns the name of the GraphQL type of a connection field: `<Type><Field>Connection` when its edges have fields of a
 * link table, otherwise the `<Object>Connection` that all lists of the object share.
 */
export function connectionTypeName(typeName: string, fieldName: string, declaration: ManyField): string {
  const hasEdgeFields = declaration.link && Object.keys(declaration.link.item.columns).length > 0
  return hasEdgeFields ? `${typeName}${capital(fieldName)}Connection` : `${declaration.object}Connection`
}
