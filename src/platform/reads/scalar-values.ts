import type { Column } from '../data/models/models.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { Compiled, Shape } from '../declare/objects/field-read.ts'
import type { ComputedType } from '../declare/objects/fields.ts'
import { badUserInput } from '../errors.ts'
import { asIs } from './reading.ts'

/** Compiles the value of a column to the form in which GraphQL returns it. */
export function scalarValue(column: Column, value: Sql): Compiled {
  switch (column.type) {
    // JavaScript can't represent all of these numbers exactly, so the JSON contains them as text.
    case 'decimal':
      if (!column.isList) return { sql: sql`trim_scale(${value})::text`, shape: decimal }
      return { sql: sql`${value}::text[]`, shape: asIs }
    case 'bigint':
      return { sql: column.isList ? sql`${value}::text[]` : sql`${value}::text`, shape: asIs }
    case 'timestamp':
      return { sql: value, shape: instant }
    default:
      return { sql: value, shape: asIs }
  }
}

/** Compiles a value that a plugin's SQL computes to the form in which GraphQL returns it. */
export function computedValue(type: ComputedType, value: Sql): Compiled {
  if (type === 'Decimal') return { sql: sql`${value}::text`, shape: asIs }
  return { sql: value, shape: type === 'DateTime' ? instant : asIs }
}

/**
 * Converts a timestamp from PostgreSQL's JSON, such as `2026-01-02T03:04:05.6+00:00`, to the form of the API, which
 * always has milliseconds: `2026-01-02T03:04:05.600Z`.
 */
export const instant: Shape = (value) => {
  if (typeof value !== 'string') return null
  // Without the offset `+00:00`: the time zone of the connection is UTC.
  const text = value.slice(0, -6)
  const point = text.indexOf('.')
  return point < 0 ? `${text}.000Z` : `${text.padEnd(point + 4, '0')}Z`
}

const decimal: Shape = (value) => (typeof value === 'string' ? withCents(value) : null)

/**
 * Pads a decimal to at least two decimal places: 5 becomes 5.00.
 * @param trimmed Decimal without trailing zeros, as `trim_scale` of PostgreSQL returns it.
 */
export function withCents(trimmed: string): string {
  const point = trimmed.indexOf('.')
  return point < 0 ? `${trimmed}.00` : trimmed.padEnd(point + 3, '0')
}

/**
 * Returns a client's value unchanged when PostgreSQL can store it.
 * @throws GraphQLError BAD_USER_INPUT when it is text with the character U+0000.
 */
export function checked(operand: unknown): unknown {
  if (typeof operand === 'string' && operand.includes('\u0000'))
    throw badUserInput('Text can’t contain the character U+0000.')
  return operand
}

/**
 * Returns a client's value unchanged when PostgreSQL can store all texts in it, also in lists and input objects.
 * @throws GraphQLError BAD_USER_INPUT as `checked`.
 */
export function checkedDeep<Value>(value: Value): Value {
  if (value === null || typeof value !== 'object') checked(value)
  else for (const part of Object.values(value)) checkedDeep(part)
  return value
}

/** Returns the SQL cast of a client's value to the type of the column, such as `::uuid`; empty for an enum. */
export function castOf(column: Column): Sql {
  return CASTS[column.type]
}

const CASTS = {
  uuid: sql`::uuid`,
  text: sql`::text`,
  enum: sql``,
  int: sql`::int`,
  bigint: sql`::bigint`,
  float: sql`::float8`,
  decimal: sql`::numeric`,
  boolean: sql`::boolean`,
  timestamp: sql`::timestamptz`,
  date: sql`::date`,
  json: sql`::jsonb`,
  bytes: sql`::bytea`,
} as const
