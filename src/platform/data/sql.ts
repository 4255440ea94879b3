import sql, { empty, join, raw, Sql } from 'sql-template-tag'

export { empty, join, raw, Sql, sql }

/** A quoted SQL identifier: a table, column or alias name. */
export function ident(name: string): Sql {
  return raw(`"${name.replaceAll('"', '""')}"`)
}

/** `alias.column`, both quoted. */
export function columnOf(alias: Sql, column: string): Sql {
  return sql`${alias}.${ident(column)}`
}

/**
 * A uuid that PostgreSQL's planner does not see, for the workspace of what is looked up by a key. Of a workspace that its
 * statistics don't know yet it believes that there is one row at most, and then takes any index that begins with the workspace
 * for as good as the key (docs/decisions/0011).
 */
export function hiddenFromPlanner(uuid: string): Sql {
  return sql`(select ${uuid}::uuid)`
}

/** Conditions joined by AND; no condition is `true`. */
export function and(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`true`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' and ')})`
}

/** Conditions joined by OR; no condition is `false`. */
export function or(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`false`
  return conditions.length === 1 && conditions[0] ? conditions[0] : sql`(${join(conditions, ' or ')})`
}
