import type { Column } from '../data/models/models.ts'
import { inSameWorkspace, rowOf, tableOf } from '../data/row.ts'
import { and, hiddenFromPlanner, ident, join, type Sql, sql } from '../data/sql.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import { startFinding } from '../reads/start-reading.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { UnitOfWork } from '../request/context.ts'
import type { ItemsSpec } from '../writes/input/input-specs.ts'

/** A record that the caller may see. */
export interface FoundRecord {
  /** uuid */
  readonly id: string
  /** Texts of the columns that it was looked up by. */
  readonly values: readonly (string | null)[]
}

/**
 * Returns the records in which the first of the columns has one of the values, with the texts of all the columns. One
 * statement.
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

/** Returns the records with an item whose column has one of the values, once for each such item. One statement. */
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

/** Compares a text column itself, so that an index can be used, and any other column as text. */
function isOneOf(column: Column, value: Sql, values: readonly string[]): Sql {
  return sql`${column.type === 'text' ? value : sql`${value}::text`} = any(${values}::text[])`
}
