import type { Model } from './models/models.ts'
import { columnOf, hiddenFromPlanner, ident, type Sql, sql } from './sql.ts'

/** A row of a table in the statement. */
export interface Row {
  readonly alias: Sql
  readonly model: Model
  /** SQL of a column, by the model's field name. */
  column(name: string): Sql
}

/** Whose workspace a statement is compiled for. */
interface ForWorkspace {
  readonly actor: { readonly workspaceId: string }
}

/** The row behind an alias of the model's table. */
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

/** The workspace a row belongs to; a workspace's own row belongs to itself. */
export function workspaceOf(row: Row): Sql {
  return row.model.hasWorkspace ? row.column('workspaceId') : row.column('id')
}

/** That a row which is looked up, by its key or from another row, lies in the caller's workspace. */
export function inSameWorkspace({ actor }: ForWorkspace, row: Row): Sql {
  return sql`${workspaceOf(row)} = ${hiddenFromPlanner(actor.workspaceId)}`
}

/** The row for SQL that looks others up from it: the workspace that it tells is one that the planner does not see. */
export function besideSubqueries({ actor }: ForWorkspace, row: Row): Row {
  return {
    ...row,
    column: (name) => (name === 'workspaceId' ? hiddenFromPlanner(actor.workspaceId) : row.column(name)),
  }
}

/** FROM of a model's own table. */
export function tableOf({ model }: { readonly model: Model }, row: Row): Sql {
  return sql`${ident(model.table)} ${row.alias}`
}
