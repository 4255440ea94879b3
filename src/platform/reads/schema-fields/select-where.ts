import type { Column } from '../../data/models/models.ts'
import type { Row } from '../../data/row.ts'
import { and, or, raw, type Sql, sql } from '../../data/sql.ts'
import { utcDay } from '../../formats/day.ts'
import { type Comparison, FILTER_OPERATORS, listOf } from '../filter/operators.ts'
import { castOf, checked } from '../scalar-values.ts'

/** Thrown when a field of a plugin selects something that does not exist or can't be compiled to SQL. */
export class SelectError extends Error {
  override readonly name = 'SelectError'
}

const REMEDY = 'Select more and decide in `resolve`, or read it there with `context.prisma`.'

/**
 * Compiles a `where` of Prisma's over the columns of a row.
 * @throws SelectError for a column or operator that does not exist, and for a condition on related rows.
 */
export function compileWhere(row: Row, where: unknown): Sql {
  if (where === null || typeof where !== 'object')
    throw new SelectError(`The \`where\` on ${row.model.name} is not an object.`)
  return and(
    Object.entries(where).flatMap(([name, condition]: [string, unknown]) => {
      if (condition === undefined) return []
      if (name === 'AND') return [and(listOf(condition).map((part) => compileWhere(row, part)))]
      if (name === 'OR') return [or(listOf(condition).map((part) => compileWhere(row, part)))]
      if (name === 'NOT') return [sql`not (${and(listOf(condition).map((part) => compileWhere(row, part)))})`]
      const column = row.model.columns.get(name)
      if (!column) throw new SelectError(`\`where\` on ${row.model.name} names ${name}, which is no column. ${REMEDY}`)
      return [compileCondition(column, row.column(name), condition)]
    }),
  )
}

/** Compiles an `orderBy` of Prisma's over the columns of a row. The key of the row is the last term, so that the order is always the same. */
export function compileOrder(row: Row, orderBy: unknown): Sql[] {
  const terms = orderBy === undefined ? [] : listOf(orderBy)
  const compiled = terms.flatMap((term) =>
    Object.entries(Object(term)).map(([name, direction]) => {
      const column = row.model.columns.get(name)
      if (!column || (direction !== 'asc' && direction !== 'desc'))
        throw new SelectError(
          `\`orderBy\` on ${row.model.name} is a column with 'asc' or 'desc', such as { createdAt: 'desc' }. ${REMEDY}`,
        )
      return sql`${row.column(name)} ${raw(direction)}`
    }),
  )
  const key = row.model.columns.has('id') ? ['id'] : row.model.primaryKey
  return [...compiled, ...key.map((name) => row.column(name))]
}

function compileCondition(column: Column, value: Sql, condition: unknown): Sql {
  if (condition === null) return sql`${value} is null`
  if (!isConditions(condition)) return sql`${value} = ${parameter(column, condition)}`
  const isInsensitive = Reflect.get(condition, 'mode') === 'insensitive'
  return and(
    Object.entries(condition).flatMap(([operator, given]: [string, unknown]) =>
      operator === 'mode' || given === undefined ? [] : [compare(column, value, operator, given, isInsensitive)],
    ),
  )
}

/** Operators of texts, which alone look at the mode. */
const TEXT_OPERATORS = ['equals', 'contains', 'startsWith', 'endsWith'] as const
const ORDER_OPERATORS = ['lt', 'lte', 'gt', 'gte'] as const

function compare(column: Column, value: Sql, operator: string, given: unknown, isInsensitive: boolean): Sql {
  const textOperator = TEXT_OPERATORS.find((name) => name === operator)
  if (textOperator) {
    if (textOperator !== 'equals' && typeof given !== 'string') throw new SelectError(`\`${operator}\` needs a text.`)
    return FILTER_OPERATORS[textOperator].compile(comparisonOf(column, value, isInsensitive), given)
  }
  const orderOperator = ORDER_OPERATORS.find((name) => name === operator)
  if (orderOperator) return FILTER_OPERATORS[orderOperator].compile(comparisonOf(column, value, false), given)
  // Unlike the API's filters, Prisma's negations leave out rows without a value.
  switch (operator) {
    case 'not':
      if (given === null) return sql`${value} is not null`
      return isConditions(given)
        ? sql`not (${compileCondition(column, value, given)})`
        : sql`${value} <> ${parameter(column, given)}`
    case 'in':
      return or(listOf(given).map((element) => sql`${value} = ${parameter(column, element)}`))
    case 'notIn':
      return and(listOf(given).map((element) => sql`${value} <> ${parameter(column, element)}`))
    default:
      throw new SelectError(`\`where\` uses \`${operator}\` on ${column.name}, which can't be compiled. ${REMEDY}`)
  }
}

/** Returns the comparison of a column with operands of Prisma's, for the operators of the API's filters. */
function comparisonOf(column: Column, value: Sql, isInsensitive: boolean): Comparison {
  return {
    column,
    value,
    left: isInsensitive ? sql`lower(${value})` : value,
    operandOf(given) {
      const operand = operandOf(column, given)
      return isInsensitive && typeof operand === 'string' ? operand.toLowerCase() : operand
    },
    nested: (condition) => compileCondition(column, value, condition),
  }
}

/** Whether a condition is an object of operators, and not a value. */
function isConditions(condition: unknown): condition is object {
  return typeof condition === 'object' && condition !== null && !(condition instanceof Date) && !isDecimal(condition)
}

function parameter(column: Column, given: unknown): Sql {
  return sql`${checked(operandOf(column, given))}${castOf(column)}`
}

/** Returns a value of Prisma's in the form of a parameter. */
function operandOf(column: Column, given: unknown): unknown {
  if (isDecimal(given) || typeof given === 'bigint') return String(given)
  if (!(given instanceof Date)) return given
  if (Number.isNaN(given.getTime()))
    throw new SelectError(
      `\`where\` compares ${column.name} with a Date that is no time: it was made of an invalid value.`,
    )
  return column.type === 'date' ? utcDay(given) : given
}

function isDecimal(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'toFixed' in value
}
