import { inSameWorkspace, rowOf, tableOf } from '../../data/row.ts'
import { and, type Sql, sql } from '../../data/sql.ts'
import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { SourcePage } from '../../declare/objects/field-sql.ts'
import type { SourceField } from '../../declare/objects/fields.ts'
import { requirePermission } from '../../permissions/forbidden.ts'
import { can } from '../../permissions/grants.ts'
import { requireReadableField } from '../../permissions/guard.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileConnection } from '../connection.ts'
import type { OrderKey } from '../order/keyset.ts'
import { type DeclaredSql, declaredSql } from '../plugin-sql.ts'
import type { Reading } from '../reading.ts'

/** A page that adds nothing to its source. */
export const BARE_PAGE: SourcePage = {
  limit: sql`null`,
  within: () => sql`true`,
  order: (value, id) => sql`${value} desc, ${id} desc`,
  isVisible: () => sql`true`,
}

/**
 * Throws FORBIDDEN for who sees records and may not read what these are ordered by, which the cursors tell, or what an
 * argument looks at.
 */
function requireAsked(
  { actor, isSystem }: Reading,
  object: ObjectType,
  { orderedBy, args: declared }: SourceField,
  args: Readonly<Record<string, unknown>>,
): void {
  if (isSystem || !can(actor, `${object.singular}:read`)) return
  requireReadableField(actor, object, orderedBy, 'Ordering')
  for (const [name, { permission }] of Object.entries(declared))
    if (permission && args[name] !== undefined && args[name] !== null)
      requirePermission(actor, permission, `Filtering by ${name}`)
}

export function readSource(declared: DeclaredSql, declaration: SourceField): FieldRead {
  return (place) => {
    const { reading, row, args } = place
    const object = objectNamed(declared.registry, declaration.object)
    const other = rowOf(reading.alias(), object.model)
    const entry = reading.alias()
    requireAsked(reading, object, declaration, args)
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
      const conditions = visibilityConditions(reading, object, record)
      return sql`exists (select from ${tableOf(object, record)} where ${and([inSameWorkspace(reading, record), sql`${record.column('id')} = ${id}`, ...conditions])})`
    }
    const made = (page: SourcePage, isChecked: boolean) =>
      declaredSql(declared, reading, row, (own) => declaration.source(own, args, page), { isChecked })
    // What the page adds reads the object's own table, whoever declares the source.
    made(BARE_PAGE, true)
    const sourceOf = (page: SourcePage) => made(page, false)
    const everything = sourceOf({
      limit: sql`null`,
      within: () => sql`true`,
      order: (value, id) => sql`${value} desc, ${id} desc`,
      isVisible,
    })
    return compileConnection(place, `${declaration.object}Connection`, {
      object,
      row: other,
      from: joined(everything),
      conditions: visibilityConditions(reading, object, other),
      keys: keysOver(sql`${entry}.at`, sql`${entry}.id`),
      paged: (limit, positions, isReversed) =>
        joined(
          sourceOf({
            limit,
            within: (value, id) => and(positions.map((position) => position(keysOver(value, id)))),
            order: (value, id) => (isReversed ? sql`${value} asc, ${id} asc` : sql`${value} desc, ${id} desc`),
            isVisible,
          }),
        ),
    })
  }
}
