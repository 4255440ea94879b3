import type { Sql } from '../data/sql.ts'
import type { PluginPrisma } from './plugin-prisma.ts'

/** The transaction that a plugin's code runs in. */
export interface ContextTransaction {
  /** uuid of the workspace. */
  readonly workspaceId: string
  /**
   * Executes one SQL statement and returns its rows, by column name. The statement may read and write the plugin's own
   * tables, and read the tables that the plugin names under `reads`. Each table of records that it reads needs a
   * condition of `sees`; the target of a write only when the statement returns rows of it that were stored before.
   * Always write `workspace_id = …` in it: row-level security hides other workspaces anyway, but indexes are only used
   * with this condition.
   *
   * Values are those of the driver `pg`: a `timestamptz` is a Date; `date`, `numeric`, `bigint` and `json` are texts;
   * `jsonb` is parsed.
   * @throws Error when the statement is not allowed, when it lacks a condition of `sees`, when it writes in a rule's
   * `before`, and DatabaseError of `pg` when PostgreSQL refuses it. After an error of PostgreSQL the transaction can't be
   * committed, even if the code catches the error.
   * @example
   * const rows = await query<{ id: string }>(sql`select c.id from courses_courses c
   *   where c.workspace_id = ${workspaceId}::uuid and c.starts_on > ${now}::timestamptz and ${sees('Course', sql`c`)}`)
   */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(statement: Sql): Promise<Row[]>
}

/** Access to records that are hidden from the caller. */
export interface UnrestrictedAccess {
  /**
   * Executes one SQL statement like `transaction.query`, and with the same checks but one: the tables of records that it
   * reads need no condition of `sees`. It may contain such conditions.
   * @throws as `transaction.query`
   */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(statement: Sql): Promise<Row[]>
  /**
   * Prisma Client as `prisma` of the context, but the plugin's own tables, and the tables that the plugin names under
   * `reads`, are read as they are, with soft-deleted rows. All other tables are read as the caller may see them.
   */
  readonly prisma: PluginPrisma
}
