/**
 * The cost of a GraphQL field, in points. One point is about one record that PostgreSQL reads, or one statement that it
 * executes.
 */
export interface FieldCost {
  /** Points of the field itself. */
  readonly weight: number
  /** Path of a list among the field's arguments, such as `input.records`: the weight counts once for each element. */
  readonly perElementOf?: string
}

/** Options of a declared field that reads more than the record's own row. */
export interface CostedField {
  /** Points that the field costs the caller for each record; reading one record costs 1. Default: 1. */
  readonly cost?: number
}

/** Points of what costs more than one record and whose declaration sets no `cost`. */
export const WEIGHTS = {
  /** A mutation: besides the record it writes the log and the audit, in a transaction. */
  mutation: 10,
  /** A query that a plugin's code computes. */
  pluginQuery: 10,
  /** The argument `search` of a list. */
  search: 10,
  /** The field `totalCount`, which counts the whole list. */
  totalCount: 10,
} as const

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** When absent, a field with a composite type (records, items) costs 1 and any other field 0. */
    readonly cost?: FieldCost
  }
  interface GraphQLArgumentExtensions {
    /** Points that are added when the argument is not null. */
    readonly cost?: number
  }
}
