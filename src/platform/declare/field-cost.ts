/**
 * The cost of a GraphQL field, in points. One point is roughly the work of PostgreSQL to read one record or to execute
 * one statement.
 */
export interface FieldCost {
  /** Points of the field itself. */
  readonly weight: number
  /**
   * Path of a list in the field's arguments, such as `input.records`: the weight counts once for each of its elements.
   */
  readonly perElementOf?: string
  /** Number of elements of a list that has no pages. Default: 10. */
  readonly size?: ListSize
}

/** Number of elements with which the cost of a list is counted. */
export interface ListSize {
  /** Name of the argument with the number; null when there is none. */
  readonly argument: string | null
  /** Number without the argument. */
  readonly default: number
  /** Largest number. */
  readonly max: number
}

/** Options of a declared field that reads more than the record's own row. */
export interface CostedField {
  /** Points that the field costs the caller for each record; reading one record costs 1. At most 100,000. Default: 1. */
  readonly cost?: number
}

/** Default costs in points, for a declaration that sets no `cost`. */
export const WEIGHTS = {
  /** An aggregate, which reads all records that its filter selects. */
  aggregate: 20,
  /** The argument `convertTo` of an aggregate, with which parts of it read the same records again. */
  conversion: 10,
  /** A mutation. Besides the record, its transaction writes the log and the audit. */
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
    /** Default: 1 point for a field with an object type (records, items), 0 for any other field. */
    readonly cost?: FieldCost
  }
  interface GraphQLArgumentExtensions {
    /** Points that are added when the argument is not null. */
    readonly cost?: number
  }
}
