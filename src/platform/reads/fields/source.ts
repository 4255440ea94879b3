import { and, type Sql, sql } from '../../data/sql.ts'
import type { SourceField } from '../../schema/fields.ts'
import { objectNamed, type Registry } from '../../schema/registry.ts'
import { compileConnection } from '../connection.ts'
import type { OrderKey } from '../keyset.ts'
import { type FieldRead, rowOf } from '../reading.ts'
import { tableOf } from '../record.ts'
import { visible } from '../visible.ts'

export function readSource(registry: Registry, declaration: SourceField): FieldRead {
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const entry = reading.alias()
    const column = object.model.columns.get(declaration.orderedBy)
    if (!column) throw new Error(`${declaration.object} has no column ${declaration.orderedBy}.`)
    const keysOver = (value: Sql, id: Sql): OrderKey[] => [
      { name: declaration.orderedBy, value, cast: sql`::timestamptz`, direction: 'DESC', isNullable: false },
      { name: 'id', value: id, cast: sql`::uuid`, direction: 'DESC', isNullable: false },
    ]
    const joined = (entries: Sql) =>
      sql`(${entries}) ${entry} join ${tableOf(object, other)} on ${other.column('workspaceId')} = ${row.column('workspaceId')} and ${other.column('id')} = ${entry}.id`
    const isVisible = (id: Sql) => {
      const record = rowOf(reading.alias(), object.model)
      const conditions = visible(reading, object, record)
      return sql`exists (select from ${tableOf(object, record)} where ${and([sql`${record.column('workspaceId')} = ${row.column('workspaceId')}`, sql`${record.column('id')} = ${id}`, ...conditions])})`
    }
    const everything = declaration.source(row, args, {
      limit: sql`null`,
      within: () => sql`true`,
      order: (value, id) => sql`${value} desc, ${id} desc`,
      isVisible,
    })
    return compileConnection(place, `${declaration.object}Connection`, {
      object,
      row: other,
      from: joined(everything),
      conditions: visible(reading, object, other),
      keys: keysOver(sql`${entry}.at`, sql`${entry}.id`),
      paged: (limit, positions, isReversed) =>
        joined(
          declaration.source(row, args, {
            limit,
            within: (value, id) => and(positions.map((position) => position(keysOver(value, id)))),
            order: (value, id) => (isReversed ? sql`${value} asc, ${id} asc` : sql`${value} desc, ${id} desc`),
            isVisible,
          }),
        ),
    })
  }
}
