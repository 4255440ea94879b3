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
  /** The column's value as operators of text compare it: in lower case when the mode is INSENSITIVE. */
  readonly left: Sql
  /** Operand as it is compared: a record id as uuid, a text in lower case when the mode is INSENSITIVE. */
  readonly operandOf: (operand: unknown) => unknown
  /** Compiles the conditions of a nested filter on the same column. */
  readonly nested: (conditions: unknown) => Sql
}

/** A filter operator: what the filter types offer, and the SQL that it becomes. */
export interface FilterOperator {
  /** The values that it is offered for: any single value, values with an order, texts, or lists. */
  readonly on: 'single' | 'ordered' | 'text' | 'list'
  /** What the client gives: one value, a list of values, a boolean, or the same conditions again. */
  readonly operand: 'value' | 'values' | 'boolean' | 'conditions'
  /** Its description in the API. */
  readonly description: string
  /** Whether `null` is an operand with a meaning. Where it is not, a `null` is refused. */
  readonly acceptsNull: boolean
  readonly compile: (comparison: Comparison, operand: unknown) => Sql
}

/**
 * Filter operators of columns, by name: the filter types of the schema and the compiler of filters both read this table,
 * so that an operator is added here and nowhere else. Their names and meanings are those of Prisma's client.
 */
export const FILTER_OPERATORS: Readonly<Record<string, FilterOperator>> = {
  equals: {
    on: 'single',
    operand: 'value',
    description: 'Equal to this value; null: there is no value.',
    acceptsNull: true,
    compile: (of, operand) => (operand === null ? sql`${of.value} is null` : sql`${of.left} = ${bound(of, operand)}`),
  },
  in: {
    on: 'single',
    operand: 'values',
    description: 'One of these values.',
    acceptsNull: false,
    compile: oneOf,
  },
  notIn: {
    on: 'single',
    operand: 'values',
    description: 'None of these values, or no value.',
    acceptsNull: false,
    compile: (of, operand) => sql`not coalesce(${oneOf(of, operand)}, false)`,
  },
  lt: {
    on: 'ordered',
    operand: 'value',
    description: 'Less than this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} < ${bound(of, operand)}`,
  },
  lte: {
    on: 'ordered',
    operand: 'value',
    description: 'Less than or equal to this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} <= ${bound(of, operand)}`,
  },
  gt: {
    on: 'ordered',
    operand: 'value',
    description: 'Greater than this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} > ${bound(of, operand)}`,
  },
  gte: {
    on: 'ordered',
    operand: 'value',
    description: 'Greater than or equal to this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} >= ${bound(of, operand)}`,
  },
  contains: {
    on: 'text',
    operand: 'value',
    description: 'Contains this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`%${pattern(of, operand)}%`}`,
  },
  startsWith: {
    on: 'text',
    operand: 'value',
    description: 'Begins with this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`${pattern(of, operand)}%`}`,
  },
  endsWith: {
    on: 'text',
    operand: 'value',
    description: 'Ends with this text.',
    acceptsNull: false,
    compile: (of, operand) => sql`${of.left} like ${`%${pattern(of, operand)}`}`,
  },
  has: {
    on: 'list',
    operand: 'value',
    description: 'The list contains this value.',
    acceptsNull: false,
    compile: (of, operand) => sql`${bound(of, operand)} = any(${of.value})`,
  },
  not: {
    on: 'single',
    operand: 'conditions',
    description: 'The conditions do not hold; null: there is a value.',
    acceptsNull: true,
    compile: (of, operand) =>
      operand === null ? sql`${of.value} is not null` : sql`not coalesce(${of.nested(operand)}, false)`,
  },
  isNull: {
    on: 'single',
    operand: 'boolean',
    description: 'Whether there is no value.',
    acceptsNull: false,
    compile: (of, operand) => (operand === true ? sql`${of.value} is null` : sql`${of.value} is not null`),
  },
}

/** The field beside the operators of text that says whether upper and lower case matter. It is no condition by itself. */
export const MODE = {
  field: 'mode',
  insensitive: 'INSENSITIVE',
  description: 'Whether upper and lower case matter. Default: DEFAULT, they do.',
} as const

function bound({ column, operandOf }: Comparison, operand: unknown): Sql {
  return sql`${checked(operandOf(operand))}${castOf(column)}`
}

function oneOf(comparison: Comparison, operands: unknown): Sql {
  const values = listOf(operands)
  if (values.length > MAX_VALUES) throw badUserInput(`in and notIn take ${MAX_VALUES} values at most.`)
  return or(values.map((operand) => sql`${comparison.left} = ${bound(comparison, operand)}`))
}

/** Returns a text with the wildcards of LIKE escaped. */
function pattern({ operandOf }: Comparison, operand: unknown): string {
  return String(checked(operandOf(operand))).replaceAll(/[\\%_]/g, '\\$&')
}

/** Returns a list unchanged and a single value as a list of one, as GraphQL coerces lists. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
