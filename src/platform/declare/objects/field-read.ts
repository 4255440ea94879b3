import type { Sql } from '../../data/sql.ts'

/** SQL with a JSON value, and the function that turns this value into the answer. */
export interface Compiled {
  readonly sql: Sql
  readonly shape: Shape
}

/** Turns the JSON value of a compiled expression into the part of the answer that it stands for. */
export type Shape = (value: unknown) => unknown

/**
 * The field that is being compiled. `reads/reading.ts` adds the statement and the row by declaration merging, because
 * declarations do not depend on the layer of reads.
 */
export interface Place {
  /** Arguments of the field, coerced. */
  readonly args: Readonly<Record<string, unknown>>
  /** Schema coordinate of the field, such as `Account.contacts`. */
  readonly coordinate: string
}

/**
 * Compiles a GraphQL field. It is stored in `extensions.read` of the field; a root field that code computes has
 * `extensions.run` instead.
 */
export type FieldRead = (place: Place) => Compiled
