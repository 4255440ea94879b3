import type { Sql } from '../../data/sql.ts'

/** The row of a record in the statement that is being compiled. */
export interface RowReference {
  /**
   * Returns SQL for a column of the row, by the model's field name: `account.column('ownerId')`. For an object of
   * another plugin only the columns that its fields publish, `id` and `workspaceId` are allowed.
   */
  column(name: string): Sql
  /**
   * Returns a condition that is true when a record is visible to the caller. SQL that counts or adds up records of
   * other objects has to use it for each of them, so that it contains nothing that is hidden from the caller. It does
   * not exclude soft-deleted records.
   * @param object Object of the record, such as `Gift`.
   * @param alias Alias of the object's table in the SQL: `record.sees('Gift', sql`g`)`.
   */
  sees(object: string, alias: Sql): Sql
}

/** The page of a connection over a `source`. The source's SQL has to use all of it, so that it reads only this page. */
export interface SourcePage {
  /** Number of rows for `limit`; null SQL for all rows. */
  readonly limit: Sql
  /**
   * Returns a condition that is true for rows on the page.
   * @param value SQL of the value that the source is ordered by.
   * @param id SQL of the record's id.
   */
  within(value: Sql, id: Sql): Sql
  /** Returns the expressions for `order by`. The parameters are those of `within`. */
  order(value: Sql, id: Sql): Sql
  /** Returns a condition that is true when the record with this id is visible to the caller. */
  isVisible(id: Sql): Sql
}
