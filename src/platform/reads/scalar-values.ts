import type { Column } from '../data/models/models.ts'
import { type Sql, sql } from '../data/sql.ts'
import type { Compiled, Shape } from '../declare/objects/field-read.ts'
import type { ComputedType } from '../declare/objects/fields.ts'
import { badUserInput } from '../errors.ts'
import { asIs } from './reading.ts'

/** SQL and shape of one column's value, as GraphQL answers it. */
export function scalarValue(column: Column, value: Sql): Compiled {
  switch (column.type) {
    // Numbers that JavaScript can't hold exactly travel as text.
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

/** The same for a value that a plugin's query computes. */
export function computedValue(type: ComputedType, value: Sql): Compiled {
  if (type === 'Decimal') return { sql: sql`${value}::text`, shape: asIs }
  return { sql: value, shape: type === 'DateTime' ? instant : asIs }
}

/** PostgreSQL writes `2026-01-02T03:04:05.6+00:00`; the API writes `2026-01-02T03:04:05.600Z` everywhere. */
export const instant: Shape = (value) => {
  if (typeof value !== 'string') return null
  const text = value.slice(0, -6)
  const point = text.indexOf('.')
  return point < 0 ? `${text}.000Z` : `${text.padEnd(point + 4, '0')}Z`
}

const decimal: Shape = (value) => (typeof value === 'string' ? withCents(value) : null)

/** Trailing zeros beyond two decimals say nothing, least of all about money: 5.0000 is answered as 5.00. */
export function withCents(trimmed: string): string {
  const point = trimmed.indexOf('.')
  return point < 0 ? `${trimmed}.00` : trimmed.padEnd(point + 3, '0')
}

/** A client's value as PostgreSQL can take it. Throws BAD_USER_INPUT for text that it can't store. */
export function checked(operand: unknown): unknown {
  if (typeof operand === 'string' && operand.includes('\u0000'))
    throw badUserInput('Text can’t contain the character U+0000.')
  return operand
}

/** SQL type that a client's value of the column is cast to. */
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
