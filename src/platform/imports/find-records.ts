import type { Column } from '../data/models/models.ts'
import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, hiddenFromPlanner, ident, join, type Sql, sql } from '../data/sql.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { ItemsSpec } from '../writes/input/input-specs.ts'

/** A record that is visible to the caller. */
export interface FoundRecord {
  /** uuid */
  readonly id: string
  /** Values, as texts, of the columns that the record was looked up by. */
  readonly values: readonly (string | null)[]
}

/**
 * Returns the visible records whose first column of `columns` has one of the values, with the values of all `columns`
 * as texts. Sends one SQL statement.
 */
export async function recordsByColumns(
  work: UnitOfWork,
  object: ObjectType,
  columns: readonly Column[],
  values: readonly string[],
): Promise<FoundRecord[]> {
  const [first] = columns
  if (!first || values.length === 0) return []
  const { reading, row } = rowToFind(work, object)
  const isVisible = [inSameWorkspace(reading, row), ...visibilityConditions(reading, object, row)]
  const texts = join(columns.map(({ name }) => sql`${row.column(name)}::text`))
  return work.transaction.query<{ id: string; values: (string | null)[] }>(
    sql`select ${row.column('id')} as id, array[${texts}] as values from ${tableOf(object, row)} where ${and([...isVisible, isOneOf(first, row.column(first.name), values)])}`,
  )
}

/**
 * Returns the visible records that have an item whose column has one of the values. A record is returned once for each
 * such item. Sends one SQL statement.
 */
export async function recordsByItem(
  work: UnitOfWork,
  object: ObjectType,
  items: ItemsSpec,
  column: Column,
  values: readonly string[],
): Promise<FoundRecord[]> {
  if (values.length === 0) return []
  const { reading, row } = rowToFind(work, object)
  const isVisible = [inSameWorkspace(reading, row), ...visibilityConditions(reading, object, row)]
  const value = sql`p.${ident(column.column)}`
  const belongsToRow = sql`p.workspace_id = ${hiddenFromPlanner(work.transaction.workspaceId)} and p.${ident(items.parent.column)} = ${row.column('id')}`
  return work.transaction.query<{ id: string; values: (string | null)[] }>(
    sql`select ${row.column('id')} as id, array[${value}::text] as values from ${ident(items.model.table)} p join ${tableOf(object, row)} on ${belongsToRow}
      where ${and([...isVisible, isOneOf(column, value, values)])}`,
  )
}

function rowToFind(work: UnitOfWork, object: ObjectType) {
  const reading = startFinding(work.context)
  return { reading, row: rowOf(reading.alias(), object.model) }
}

/**
 * Returns SQL that is true when the column has one of the values. Other types than text and uuid are cast to text; these
 * are not, so that an index can be used.
 */
function isOneOf(column: Column, value: Sql, values: readonly string[]): Sql {
  if (column.type === 'uuid') return sql`${value} = any(${values}::uuid[])`
  return sql`${column.type === 'text' ? value : sql`${value}::text`} = any(${values}::text[])`
}
