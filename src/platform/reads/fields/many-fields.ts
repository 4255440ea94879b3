import { rowOf, tableOf, workspaceOf } from '../../data/row.ts'
import { ident, type Sql, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { ManyField } from '../../declare/objects/fields.ts'
import { canReadFieldOfAllRecords } from '../../permissions/guard.ts'
import { manyFieldConditions, visibilityConditions } from '../../permissions/visible.ts'
import { columnOrForeignKey, foreignKey } from '../../registry/columns.ts'
import type { RecordType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileConnection } from '../connection.ts'
import { compileFilter } from '../filter/filter.ts'
import { orderKeys, orderTerms } from '../order/order.ts'

export function readMany(registry: Registry, type: RecordType, name: string, declaration: ManyField): FieldRead {
  const connectionName = connectionTypeName(type.name, name, declaration)
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const terms = orderTerms(args['orderBy'])
    // The client did not ask for the default order: what the caller may not read does not order it.
    const order =
      terms.length > 0
        ? terms
        : (declaration.defaultOrder ?? []).filter(({ field }) => canReadFieldOfAllRecords(reading.actor, object, field))
    const restrictions = [
      ...visibilityConditions(reading, object, other),
      ...manyFieldConditions(declaration, other),
      ...(args['filter'] ? [compileFilter(reading, object, other, args['filter'])] : []),
    ]
    const { link } = declaration
    if (!link) {
      const key = columnOrForeignKey(object.model, declaration.by ?? '')
      return compileConnection(place, connectionName, {
        object,
        row: other,
        from: tableOf(object, other),
        conditions: [
          sql`${other.column('workspaceId')} = ${workspaceOf(row)}`,
          sql`${other.column(key.name)} = ${row.column('id')}`,
          ...restrictions,
        ],
        keys: orderKeys(reading, object, other, order),
      })
    }
    const model = registry.models.models.get(link.item.model)
    const to = model?.relations.get(link.to)
    if (!model || !to) throw new Error(`${type.name}.${name}: model ${link.item.model} has no relation ${link.to}.`)
    const edge = rowOf(reading.alias(), model)
    const target = edge.column(foreignKey(model, to).name)
    const moved = new Map<string, Sql>(
      Object.entries(link.order ?? {}).map(([field, column]) => [field, edge.column(column)]),
    )
    // A pair can be linked more than once, one role after another: the link's own id tells those apart.
    moved.set('id', model.columns.has('id') ? edge.column('id') : target)
    return compileConnection(place, connectionName, {
      object,
      row: other,
      from: sql`${ident(model.table)} ${edge.alias} join ${tableOf(object, other)} on ${other.column('workspaceId')} = ${edge.column('workspaceId')} and ${other.column('id')} = ${target}`,
      conditions: [
        sql`${edge.column('workspaceId')} = ${row.column('workspaceId')}`,
        sql`${edge.column(columnOrForeignKey(model, link.by).name)} = ${row.column('id')}`,
        ...restrictions,
      ],
      keys: orderKeys(reading, object, other, order, moved),
      edge: { typeName: connectionName.replace(/Connection$/, 'Edge'), row: edge },
    })
  }
}

/** Type of a connection field: its own where the edge carries fields of a link, the object's otherwise. */
export function connectionTypeName(typeName: string, fieldName: string, declaration: ManyField): string {
  const hasEdgeFields = declaration.link && Object.keys(declaration.link.item.columns).length > 0
  return hasEdgeFields
    ? `${typeName}${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Connection`
    : `${declaration.object}Connection`
}
