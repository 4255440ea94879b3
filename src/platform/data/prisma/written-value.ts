import * as runtime from '@prisma/client/runtime/client'

/**
 * Returns a date or decimal in the form in which it is written, as text. Converts what Prisma Client returns for such a
 * column: a Date at midnight UTC, such as `2026-01-31T00:00:00.000Z`, becomes `2026-01-31`, and a Decimal becomes its
 * digits. Other values are returned unchanged: what checks the input refuses them.
 * @throws Error for a Date with another time of day, because its day depends on a time zone.
 */
export function writtenValue(type: 'date' | 'decimal', value: unknown): unknown {
  if (type === 'decimal') return runtime.Decimal.isDecimal(value) ? value.toFixed() : value
  if (!(value instanceof Date)) return value
  if (Number.isNaN(value.getTime())) throw new Error('A day is an invalid Date. Pass a text such as "2026-01-31".')
  const text = value.toISOString()
  if (!text.endsWith('T00:00:00.000Z'))
    throw new Error(
      `A day is the Date ${text}. Pass a Date at midnight UTC, as Prisma returns it, or a text such as "2026-01-31": \`today\` of the context is the day of \`now\`.`,
    )
  return text.slice(0, 10)
}
