import sql, { empty, join, raw, Sql } from 'sql-template-tag'

export { empty, join, raw, Sql, sql }

/** Returns a quoted SQL identifier: a table, column or alias name. */
export function ident(name: string): Sql {
  return raw(`"${name.replaceAll('"', '""')}"`)
}

/** Returns `alias.column` with the column quoted. */
export function columnOf(alias: Sql, column: string): Sql {
  return sql`${alias}.${ident(column)}`
}

/**
 * Returns a uuid as SQL whose value PostgreSQL's planner does not see. Used for the workspace id where rows are looked
 * up by a key. When the planner sees the id of a workspace that its statistics do not contain yet, it expects at most
 * one row of the workspace. It may then read all rows of the workspace by any index that begins with the workspace,
 * instead of using the key (docs/decisions/0011).
 */
export function hiddenFromPlanner(uuid: string): Sql {
  return sql`(select ${uuid}::uuid)`
}

/** Joins conditions by AND. An empty list is `true`. */
export function and(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`true`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' and ')})`
}

/** Joins conditions by OR. An empty list is `false`. */
export function or(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`false`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' or ')})`
}
