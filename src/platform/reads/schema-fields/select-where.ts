import type { Column } from '../../data/models/models.ts'
import type { Row } from '../../data/row.ts'
import { and, or, raw, type Sql, sql } from '../../data/sql.ts'
import { castOf } from '../scalar-values.ts'

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
      return [compileCondition(row, column, condition)]
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

function compileCondition(row: Row, column: Column, condition: unknown): Sql {
  const value = row.column(column.name)
  if (condition === null) return sql`${value} is null`
  if (typeof condition !== 'object' || condition instanceof Date || isDecimal(condition))
    return sql`${value} = ${operand(column, condition)}`
  const isInsensitive = Reflect.get(condition, 'mode') === 'insensitive'
  return and(
    Object.entries(condition).flatMap(([operator, given]: [string, unknown]) =>
      operator === 'mode' || given === undefined ? [] : [compare(row, column, operator, given, isInsensitive)],
    ),
  )
}

const COMPARISONS: Readonly<Record<string, Sql>> = { lt: sql`<`, lte: sql`<=`, gt: sql`>`, gte: sql`>=` }

function compare(row: Row, column: Column, operator: string, given: unknown, isInsensitive: boolean): Sql {
  const value = row.column(column.name)
  const comparison = COMPARISONS[operator]
  if (comparison) return sql`${value} ${comparison} ${operand(column, given)}`
  switch (operator) {
    case 'equals':
      if (given === null) return sql`${value} is null`
      return isInsensitive ? like(value, operator, given, true) : sql`${value} = ${operand(column, given)}`
    case 'not':
      if (given === null) return sql`${value} is not null`
      return typeof given === 'object' && !(given instanceof Date) && !isDecimal(given)
        ? sql`not (${compileCondition(row, column, given)})`
        : sql`${value} <> ${operand(column, given)}`
    case 'in':
      return or(listOf(given).map((element) => sql`${value} = ${operand(column, element)}`))
    case 'notIn':
      return and(listOf(given).map((element) => sql`${value} <> ${operand(column, element)}`))
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return like(value, operator, given, isInsensitive)
    default:
      throw new SelectError(
        `\`where\` uses \`${operator}\` on ${row.model.name}.${column.name}, which can't be compiled. ${REMEDY}`,
      )
  }
}

/** Operators that a text meets whatever its beginning, or its end, is. */
const OPEN_START: ReadonlySet<string> = new Set(['contains', 'endsWith'])
const OPEN_END: ReadonlySet<string> = new Set(['contains', 'startsWith'])

function like(value: Sql, operator: string, given: unknown, isInsensitive: boolean): Sql {
  if (typeof given !== 'string') throw new SelectError(`\`${operator}\` needs a text.`)
  const text = given.replace(/[\\%_]/g, '\\$&')
  const pattern = `${OPEN_START.has(operator) ? '%' : ''}${text}${OPEN_END.has(operator) ? '%' : ''}`
  return isInsensitive ? sql`${value} ilike ${pattern}` : sql`${value} like ${pattern}`
}

function operand(column: Column, value: unknown): Sql {
  const given = isDecimal(value) || typeof value === 'bigint' ? String(value) : value
  if (given instanceof Date && Number.isNaN(given.getTime()))
    throw new SelectError(
      `\`where\` compares ${column.name} with a Date that is no time: it was made of an invalid value.`,
    )
  if (column.type === 'enum') return sql`${given}`
  if (column.type === 'date' && given instanceof Date) return sql`${given.toISOString().slice(0, 10)}::date`
  return sql`${given}${castOf(column)}`
}

function isDecimal(value: unknown): boolean {
  return value !== null && typeof value === 'object' && 'toFixed' in value
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
