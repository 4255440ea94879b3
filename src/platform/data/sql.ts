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
 * up by a key. PostgreSQL updates its statistics only from time to time, so they do not contain a new workspace yet.
 * When the planner sees the id of such a workspace, it expects at most one row with this id. It may then read all rows
 * of the workspace by any index that begins with the workspace id, instead of using the key (docs/decisions/0011).
 */
export function hiddenFromPlanner(uuid: string): Sql {
  return sql`(select ${uuid}::uuid)`
}

/** Joins conditions by AND. Returns `true` for an empty list. */
export function and(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`true`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' and ')})`
}

/** Joins conditions by OR. Returns `false` for an empty list. */
export function or(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`false`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' or ')})`
}
