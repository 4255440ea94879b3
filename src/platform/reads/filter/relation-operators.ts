import { type Sql, sql } from '../../data/sql.ts'

/** The related records that the caller may read, while the filter of a relation is compiled. */
export interface Related {
  /** Returns the condition that at least one of these records meets the filter; without a filter, that one exists. */
  readonly oneMeets: (filter?: unknown) => Sql
  /** Returns the condition that at least one of these records does not meet the filter. */
  readonly oneFails: (filter: unknown) => Sql
}

/** A filter operator of a relation: what the filter types offer, and the SQL that it becomes. */
export interface RelationOperator {
  /** Type of the operand: a filter of the related object, or a boolean. */
  readonly operand: 'filter' | 'boolean'
  /** Its description in the API. */
  readonly description: string
  /** Whether `null` has a meaning as an operand. If not, `null` is refused. */
  readonly acceptsNull: boolean
  readonly compile: (related: Related, operand: unknown) => Sql
}

/**
 * Filter operators of to-one fields, by name. The filter types of the schema and the compiler of filters both read this
 * table.
 */
export const TO_ONE_OPERATORS: Readonly<Record<string, RelationOperator>> = {
  is: {
    operand: 'filter',
    description: 'The related record meets these conditions. `is: null`: there is no related record.',
    acceptsNull: true,
    compile: ({ oneMeets }, operand) => (operand === null ? sql`not ${oneMeets()}` : oneMeets(operand)),
  },
  isNot: {
    operand: 'filter',
    description:
      'The related record does not meet these conditions, or there is no related record. `isNot: null`: there is a related record.',
    acceptsNull: true,
    compile: ({ oneMeets }, operand) => (operand === null ? oneMeets() : sql`not ${oneMeets(operand)}`),
  },
  isNull: {
    operand: 'boolean',
    description: 'true: there is no related record. false: there is a related record.',
    acceptsNull: false,
    compile: ({ oneMeets }, operand) => (operand === true ? sql`not ${oneMeets()}` : oneMeets()),
  },
}

/**
 * Filter operators of to-many fields, by name. The filter types of the schema and the compiler of filters both read
 * this table.
 */
export const TO_MANY_OPERATORS: Readonly<Record<string, RelationOperator>> = {
  some: {
    operand: 'filter',
    description: 'At least one related record meets these conditions.',
    acceptsNull: false,
    compile: ({ oneMeets }, operand) => oneMeets(operand),
  },
  every: {
    operand: 'filter',
    description: 'All related records meet these conditions; a record without related records matches too.',
    acceptsNull: false,
    compile: ({ oneFails }, operand) => sql`not ${oneFails(operand)}`,
  },
  none: {
    operand: 'filter',
    description: 'No related record meets these conditions; a record without related records matches too.',
    acceptsNull: false,
    compile: ({ oneMeets }, operand) => sql`not ${oneMeets(operand)}`,
  },
}
