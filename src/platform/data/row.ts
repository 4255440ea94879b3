import type { Model } from './models/models.ts'
import { and, columnOf, hiddenFromPlanner, ident, type Sql, sql } from './sql.ts'

/** A table row in an SQL statement: an alias and the model of its table. */
export interface Row {
  readonly alias: Sql
  readonly model: Model
  /** Returns the SQL of a column, by the model's field name. Throws an Error when the model has no such column. */
  column(name: string): Sql
}

/** The actor in whose workspace a statement runs. */
interface WorkspaceScope {
  readonly actor: { readonly workspaceId: string }
}

/** Returns the row for an alias of the model's table in a statement. */
export function rowOf(alias: Sql, model: Model): Row {
  return {
    alias,
    model,
    column(name) {
      const column = model.columns.get(name)
      if (!column) throw new Error(`Model ${model.name} has no column ${name}.`)
      return columnOf(alias, column.column)
    },
  }
}

/** Returns the SQL of the id of the workspace that a row belongs to. A row of `workspaces` belongs to itself. */
export function workspaceOf(row: Row): Sql {
  return row.model.hasWorkspace ? row.column('workspaceId') : row.column('id')
}

/**
 * Returns the condition that a row belongs to the caller's workspace, for rows that are looked up by their key or from
 * another row. The workspace id is hidden from the planner as {@link hiddenFromPlanner} describes.
 */
export function inSameWorkspace({ actor }: WorkspaceScope, row: Row): Sql {
  return sql`${workspaceOf(row)} = ${hiddenFromPlanner(actor.workspaceId)}`
}

/**
 * Returns a copy of the row, for SQL that uses columns of this row to look up other rows. In the copy, the SQL of the
 * column `workspaceId` is the id of the caller's workspace, hidden from the planner as {@link hiddenFromPlanner}
 * describes.
 */
export function withHiddenWorkspace({ actor }: WorkspaceScope, row: Row): Row {
  return {
    ...row,
    column: (name) => (name === 'workspaceId' ? hiddenFromPlanner(actor.workspaceId) : row.column(name)),
  }
}

/** Returns the FROM item of a model's table, with the alias of the row. */
export function tableOf({ model }: { readonly model: Model }, row: Row): Sql {
  return sql`${ident(model.table)} ${row.alias}`
}

/**
 * Returns the condition that there is a record with an id, in the workspace of a row that refers to it.
 * @param record Row of the record, with an alias of its own.
 * @param conditions What the record has to meet besides.
 */
export function recordExists(record: Row, row: Row, id: Sql, conditions: readonly Sql[]): Sql {
  return sql`exists (select from ${tableOf(record, record)} where ${isRecordOf(record, row, id, conditions)})`
}

/** Returns the condition that a row is the record with an id, in the workspace of a row that refers to it. */
export function isRecordOf(record: Row, row: Row, id: Sql, conditions: readonly Sql[] = []): Sql {
  return and([sql`${workspaceOf(record)} = ${workspaceOf(row)}`, sql`${record.column('id')} = ${id}`, ...conditions])
}
