import type { Column } from '../../data/models/models.ts'
import { or, type Sql, sql } from '../../data/sql.ts'
import { badUserInput } from '../../errors.ts'
import { castOf, checked } from '../scalar-values.ts'

/** Values that `in` and `notIn` take at most. */
const MAX_VALUES = 200

/** One comparison of a column while a filter is compiled. */
export interface Comparison {
  readonly column: Column
  /** The column's value. */
  readonly value: Sql
  /** The column's value to compare with an operand: in lower case when the mode is INSENSITIVE. */
  readonly left: Sql
  /**
   * Returns an operand to compare with `left`: a record id as uuid, a text in lower case when the mode is INSENSITIVE.
   */
  readonly operandOf: (operand: unknown) => unknown
  /** Compiles the operand of `not`: more conditions on the same column. */
  readonly nested: (conditions: unknown) => Sql
}

/** A filter operator: what the filter types offer, and the SQL that it becomes. */
export interface FilterOperator {
  /**
   * The columns whose filter has the operator: `single`: every column that is not a list; `ordered`: columns whose
   * values have an order, such as numbers, dates and texts; `text`: texts; `list`: lists.
   */
  readonly on: 'single' | 'ordered' | 'text' | 'list'
  /**
   * Type of the operand: a value of the column, a list of such values, a boolean, or more conditions on the column.
   */
  readonly operand: 'value' | 'values' | 'boolean' | 'conditions'
  /** Its description in the API. */
  readonly description: string
  /** Whether `null` has a meaning as an operand. If not, `null` is refused. */
  readonly acceptsNull: boolean
  readonly compile: (comparison: Comparison, operand: unknown) => Sql
}

/**
 * Filter operators of columns, by name. The filter types of the schema and the compiler of filters both read this
 * table. An operator that Prisma's client has too has the same name here. A comparison with a missing value does not
 * hold; only `not` and `notIn` match records without a value.
 */
export const FILTER_OPERATORS = {
  equals: {
    on: 'single',
    operand: 'value',
    description: 'The value is equal to the given value. `equals: null`: there is no value.',
    acceptsNull: true,
    compile: (of, operand) =>
      operand === null ? sql`${of.value} is null` : sql`${of.left} = ${parameter(of, operand)}`,
  },
  in: {
    on: 'single',
    operand: 'values',
    description: `The value is one of the given values, at most ${MAX_VALUES}.`,
    acceptsNull: false,
    compile: oneOf,
  },
  notIn: {
    on: 'single',
    operand: 'values',
    description: `The value is none of the given values, at most ${MAX_VALUES}; records without a value match too.`,
    acceptsNull: false,
    compile: (of, operand) => sql`not coalesce(${oneOf(of, operand)}, false)`,
  },
  lt: {
    on: 'ordered',
    operand: 'value',
    description: 'The value is less than the given value; a date or time is earlier.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} < ${parameter(of, operand)}`,
  },
  lte: {
    on: 'ordered',
    operand: 'value',
    description: 'The value is less than or equal to the given value; a date or time is not later.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} <= ${parameter(of, operand)}`,
  },
  gt: {
    on: 'ordered',
    operand: 'value',
    description: 'The value is greater than the given value; a date or time is later.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} > ${parameter(of, operand)}`,
  },
  gte: {
    on: 'ordered',
    operand: 'value',
    description: 'The value is greater than or equal to the given value; a date or time is not earlier.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} >= ${parameter(of, operand)}`,
  },
  contains: {
    on: 'text',
    operand: 'value',
    description: 'The value contains this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`%${pattern(of, operand)}%`}`,
  },
  startsWith: {
    on: 'text',
    operand: 'value',
    description: 'The value begins with this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`${pattern(of, operand)}%`}`,
  },
  endsWith: {
    on: 'text',
    operand: 'value',
    description: 'The value ends with this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`%${pattern(of, operand)}`}`,
  },
  has: {
    on: 'list',
    operand: 'value',
    description: 'The list contains this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${parameter(of, operand)} = any(${of.value})`,
  },
  not: {
    on: 'single',
    operand: 'conditions',
    description:
      'The conditions inside `not` do not hold; records without a value match too. `not: null`: there is a value.',
    acceptsNull: true,
    compile: (of, operand) =>
      operand === null ? sql`${of.value} is not null` : sql`not coalesce(${of.nested(operand)}, false)`,
  },
  isNull: {
    on: 'single',
    operand: 'boolean',
    description: 'true: there is no value. false: there is a value.',
    acceptsNull: false,
    compile: (of, operand) => (operand === true ? sql`${of.value} is null` : sql`${of.value} is not null`),
  },
} as const satisfies Readonly<Record<string, FilterOperator>>

/** The name of a filter operator of columns, such as `contains`. */
export type FilterOperatorName = keyof typeof FILTER_OPERATORS

/** The field of a text's filter that says whether upper and lower case matter. It is not a condition. */
export const MODE = {
  field: 'mode',
  insensitive: 'INSENSITIVE',
  description:
    'Whether the operators next to `mode` distinguish upper and lower case: DEFAULT does, INSENSITIVE does not. Default: DEFAULT. The conditions inside `not` have a `mode` of their own.',
} as const

/** Returns the operand as a parameter of the statement, with the type of the column. */
function parameter({ column, operandOf }: Comparison, operand: unknown): Sql {
  return sql`${checked(operandOf(operand))}${castOf(column)}`
}

function oneOf(comparison: Comparison, operands: unknown): Sql {
  const values = listOf(operands)
  if (values.length > MAX_VALUES) throw badUserInput(`in and notIn take ${MAX_VALUES} values at most.`)
  return or(values.map((operand) => sql`${comparison.left} = ${parameter(comparison, operand)}`))
}

/** Returns a text with the wildcards of LIKE escaped. */
function pattern({ operandOf }: Comparison, operand: unknown): string {
  return String(checked(operandOf(operand))).replaceAll(/[\\%_]/g, '\\$&')
}

/** Returns a list unchanged, and a single value as a list with this value, as GraphQL coerces lists. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
