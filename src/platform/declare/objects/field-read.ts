import type { Sql } from '../../data/sql.ts'

/** A piece of SQL with a JSON value, and how that value becomes the answer. */
export interface Compiled {
  readonly sql: Sql
  readonly shape: Shape
}

export type Shape = (value: unknown) => unknown

/** Where a field is compiled. `reads/reading.ts` adds the statement and the row: declarations know nothing of these. */
export interface Place {
  readonly args: Readonly<Record<string, unknown>>
  /** Schema coordinate of the field, such as `Account.contacts`. */
  readonly coordinate: string
}

/** How a GraphQL field is read: in `extensions.read` of the field; a root field that code answers has `extensions.run`. */
export type FieldRead = (place: Place) => Compiled
