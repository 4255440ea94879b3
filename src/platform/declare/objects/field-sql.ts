import type { Sql } from '../../data/sql.ts'
import type { RequestFacts } from './request-facts.ts'

/**
 * The row of a record in the SQL statement that is being compiled, and the request for which it is compiled. A function
 * that gets a row is called several times: when the schema is composed, to check its SQL, and for each request that
 * uses it. It has to be synchronous, and its result may depend on its parameters only.
 */
export interface RowReference extends RequestFacts {
  /**
   * SQL of the time of the request, a `timestamptz`: the same value everywhere in a request, also in `now` of the
   * context of rules. Use it instead of `now()`, so that tests can set it.
   */
  readonly now: Sql
  /** SQL of the day of `now` in the time zone of the workspace, a `date`. Use it instead of `current_date`. */
  readonly today: Sql
  /** SQL of the uuid of the caller's actor. */
  readonly actorId: Sql
  /**
   * Returns SQL for a column of the row, by the model's field name: `account.column('ownerId')`. For an object of
   * another plugin only the columns that its fields publish, `id` and `workspaceId` are allowed.
   */
  column(name: string): Sql
  /**
   * Returns an SQL condition that is true when a record is visible to the caller. SQL that counts or adds up records of
   * other objects has to use the condition for each of these records, so that the result contains nothing that is
   * hidden from the caller. The condition does not exclude soft-deleted records.
   * @param object Object of the record, such as `Gift`.
   * @param alias Alias of the object's table in the SQL: `record.sees('Gift', sql`g`)`.
   */
  sees(object: string, alias: Sql): Sql
  /**
   * Whether the caller may read a field of all records of an object that they see: `record.canRead('Gift', 'amount')`.
   * SQL that adds up a field of other records has to ask, because `sees` is about records and not about their fields.
   */
  canRead(object: string, field: string): boolean
  /**
   * Returns a query with one row and the columns `amount` and `currency`, as a computed field of the type `Money` needs
   * it: the sum of amounts of money, converted at the exchange rates of the workspace. The sum is computed exactly and
   * rounded once, to the minor units of the currency, halves away from zero. The amount is null when there are no amounts,
   * and when one of their currencies has no exchange rate at or before the day.
   * @param amounts SQL of a query with the columns `amount` (`numeric`) and `currency`; for a single amount a query of one
   * row. It has to use `sees` as any other SQL that reads records.
   * @param to ISO 4217 code of the currency, such as the value of an argument of the type `CurrencyCode`.
   * @param on The day: a text such as `2026-01-31`, or SQL of a `date`, such as a column. Default: `today`.
   */
  convertedSum(amounts: Sql, to: string, on?: string | Sql): Sql
}

/**
 * The page of a `source` that a client asks for, as parts of SQL. The SQL of the source has to use `limit`, `within`,
 * `order` and `isVisible`, so that it reads only this page.
 */
export interface SourcePage {
  /** SQL for `limit`: the number of rows, or `null` for all rows. */
  readonly limit: Sql
  /**
   * Returns an SQL condition that is true for rows after the client's cursor `after` and before its cursor `before`.
   * @param value SQL of the value that the source is sorted by (`orderedBy`).
   * @param id SQL of the record's id.
   */
  within(value: Sql, id: Sql): Sql
  /** Returns the SQL expressions for `order by`. The parameters have the same meaning as in `within`. */
  order(value: Sql, id: Sql): Sql
  /** Returns an SQL condition that is true when the record with this id is visible to the caller. */
  isVisible(id: Sql): Sql
}
