import { inSameWorkspace, rowOf, tableOf } from '../../data/row.ts'
import { and, type Sql, sql } from '../../data/sql.ts'
import type { FieldRead, Place } from '../../declare/objects/field-read.ts'
import type { SourcePage } from '../../declare/objects/field-sql.ts'
import type { SourceField } from '../../declare/objects/fields.ts'
import { requireOrderable } from '../../permissions/field-use.ts'
import { can } from '../../permissions/grants.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'
import { compileConnection } from '../connection.ts'
import type { OrderKey } from '../order/keyset.ts'
import { type DeclaredSql, declaredSql } from '../plugin-sql.ts'
import type { Reading } from '../reading.ts'
import { argumentValues, requireArguments } from './field-arguments.ts'

/**
 * A page without a limit, a position or a check of visibility. SQL of a plugin's source that is built with this page is
 * not executed: it is only checked for the tables that it reads (`sandbox/statement-guard.ts`).
 */
export const BARE_PAGE: SourcePage = {
  limit: sql`null`,
  within: () => sql`true`,
  order: (value, id) => sql`${value} desc, ${id} desc`,
  isVisible: () => sql`true`,
}

/**
 * Checks that the caller may read the field that the source is ordered by, because cursors contain its values, and that
 * they have the permissions of the arguments that they pass. A caller who may read no record of the object is not
 * checked: the connection is empty for them.
 * @throws GraphQLError FORBIDDEN when the caller may not read the field of the order, or lacks the permission of an
 * argument.
 */
function requireSourceFields(
  reading: Reading,
  object: ObjectType,
  { orderedBy, args: declared }: SourceField,
  { args, coordinate }: Place,
): void {
  if (reading.isSystem || !can(reading.actor, `${object.singular}:read`)) return
  requireOrderable(reading, object, orderedBy)
  requireArguments(reading, declared, args, coordinate)
}

/**
 * Returns how a connection over a source is read. A source is a declared query that returns the ids of records and, for
 * each id, the time by which the list is ordered.
 */
export function readSource(declared: DeclaredSql, declaration: SourceField): FieldRead {
  return (place) => {
    const { reading, row } = place
    const object = objectNamed(declared.registry, declaration.object)
    const target = rowOf(reading.alias(), object.model)
    const entry = reading.alias()
    requireSourceFields(reading, object, declaration, place)
    const values = argumentValues(declaration.args, place.args)
    const column = object.model.columns.get(declaration.orderedBy)
    if (!column) throw new Error(`${declaration.object} has no column ${declaration.orderedBy}.`)
    const orderKeysOf = (value: Sql, id: Sql): OrderKey[] => [
      { name: declaration.orderedBy, value, cast: sql`::timestamptz`, direction: 'DESC', isNullable: false },
      { name: 'id', value: id, cast: sql`::uuid`, direction: 'DESC', isNullable: false },
    ]
    const joinedWithObject = (entries: Sql) =>
      sql`(${entries}) ${entry} join ${tableOf(object, target)} on ${target.column('workspaceId')} = ${row.column('workspaceId')} and ${target.column('id')} = ${entry}.id`
    const isVisible = (id: Sql) => {
      const record = rowOf(reading.alias(), object.model)
      const conditions = visibilityConditions(reading, object, record)
      return sql`exists (select from ${tableOf(object, record)} where ${and([inSameWorkspace(reading, record), sql`${record.column('id')} = ${id}`, ...conditions])})`
    }
    const buildSource = (page: SourcePage, isChecked: boolean) =>
      declaredSql(declared, reading, row, (reference) => declaration.source(reference, values, page), { isChecked })
    // The statement guard checks the SQL without a page. `isVisible` of a real page reads the object's own table, which
    // the plugin that declares the source may not read by itself.
    buildSource(BARE_PAGE, true)
    const sourceOf = (page: SourcePage) => buildSource(page, false)
    // All rows of the source: for `totalCount`, and to find out if rows are on the other side of the page.
    const allEntries = sourceOf({
      limit: sql`null`,
      within: () => sql`true`,
      order: (value, id) => sql`${value} desc, ${id} desc`,
      isVisible,
    })
    return compileConnection(place, `${declaration.object}Connection`, {
      object,
      row: target,
      from: joinedWithObject(allEntries),
      conditions: visibilityConditions(reading, object, target),
      keys: orderKeysOf(sql`${entry}.at`, sql`${entry}.id`),
      paged: (limit, positions, isReversed) =>
        joinedWithObject(
          sourceOf({
            limit,
            within: (value, id) => and(positions.map((position) => position(orderKeysOf(value, id)))),
            order: (value, id) => (isReversed ? sql`${value} asc, ${id} asc` : sql`${value} desc, ${id} desc`),
            isVisible,
          }),
        ),
    })
  }
}
