/** What a GraphQL field costs, in points: about one for each record that PostgreSQL reads, or query that it answers. */
export interface FieldCost {
  /** Points of the field itself. */
  readonly weight: number
  /** Path of a list among its arguments, such as `input.records`: the field does its work once for each element. */
  readonly each?: string
}

/** A declared field that is more than a value of the record's own row. */
export interface Costing {
  /** Points that it costs a caller for each record, where a record read is 1; 1 unless said otherwise. */
  readonly cost?: number
}

/** Points of what costs more than one record, where its declaration says nothing else. */
export const WEIGHTS = {
  /** A write: its transaction, its log and its audit beside the record. */
  mutation: 10,
  /** A query that a plugin's code answers. */
  pluginQuery: 10,
  /** The argument `search` of a list. */
  search: 10,
  /** Counting a whole list. */
  totalCount: 10,
} as const

declare module 'graphql' {
  interface GraphQLFieldExtensions<_TSource, _TContext, _TArgs> {
    /** Without it a field that answers records or parts costs 1, and any other nothing. */
    readonly cost?: FieldCost
  }
  interface GraphQLArgumentExtensions {
    /** Points where the argument is given. */
    readonly cost?: number
  }
}
