import type { Sql } from '../../data/sql.ts'

/** The row of a record in the statement being compiled. */
export interface RowReference {
  /** SQL of one of its columns, by the model's field name. */
  column(name: string): Sql
  /**
   * SQL of whether the caller may see the record of an object that a table of the statement holds, by its alias:
   * `record.sees('Gift', sql`g`)`. What adds records up says it of each, so that nothing hidden counts.
   */
  sees(object: string, alias: Sql): Sql
}

/** What a source has to obey, so that it reads no more than the page. */
export interface SourcePage {
  /** Rows wanted. */
  readonly limit: Sql
  /** Condition that a row lies in the page, from the SQL of its order value and its id. */
  within(value: Sql, id: Sql): Sql
  /** ORDER BY expression for the page, from the same two. */
  order(value: Sql, id: Sql): Sql
  /** Condition that the caller may see the record with that id. */
  isVisible(id: Sql): Sql
}
