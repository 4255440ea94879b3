import type { Sql } from '../../data/sql.ts'

/** A GraphQL field compiled to an SQL expression with a JSON value, and the function that converts this value. */
export interface Compiled {
  readonly sql: Sql
  readonly shape: Shape
}

/** Converts the JSON value of a compiled field to the value of the field in the response. */
export type Shape = (value: unknown) => unknown

/**
 * The GraphQL field that is being compiled. `reads/reading.ts` adds the SQL statement and the row by declaration
 * merging, because this folder must not import the higher layer `reads`.
 */
export interface Place {
  /** Arguments of the field, coerced by GraphQL and by name. */
  readonly args: Readonly<Record<string, unknown>>
  /** Schema coordinate of the field, such as `Account.contacts`. */
  readonly coordinate: string
}

/**
 * Compiles a GraphQL field to SQL. The function is stored in `extensions.read` of the field. A root field that code
 * computes has `extensions.run` instead.
 */
export type FieldRead = (place: Place) => Compiled
