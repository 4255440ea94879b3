import { type ZodType, z } from 'zod'
import type { Column } from '../../data/models/models.ts'

const MAX_TEXT = 20_000
const MAX_LINE = 500
const INT_MIN = -2_147_483_648
const INT_MAX = 2_147_483_647

/** PostgreSQL can't store U+0000, and texts that people write do not contain it. */
const hasNoNull = (text: string) => !text.includes('\u0000')

/** A lone surrogate is not a character: PostgreSQL would store a replacement character instead. */
const isWellFormed = (text: string) => text.isWellFormed()

/**
 * Returns a schema for a text of one or more lines, which trims white space around it.
 * @param max Maximum length in UTF-16 code units. Default: 500.
 */
export function text(max = MAX_LINE) {
  return z
    .string()
    .max(max, `At most ${max} characters.`)
    .refine(hasNoNull, 'The character U+0000 is not allowed.')
    .refine(isWellFormed, 'The text contains half of a character (a lone surrogate).')
    .trim()
}

/** Schema for a long text, such as notes or the body of an e-mail: up to 20,000 UTF-16 code units, trimmed. */
export const longText = text(MAX_TEXT)

/**
 * Returns the schema for values of a column whose declaration has no `input`, by the column's type. An empty text
 * becomes null when the column is optional.
 */
export function columnInput(column: Column): ZodType {
  switch (column.type) {
    case 'text': {
      const line = column.maxLength === null ? text() : text(column.maxLength)
      return column.isRequired
        ? line.min(1, 'Must not be empty.')
        : line.transform((value) => (value === '' ? null : value))
    }
    case 'int':
      return z.int().min(INT_MIN).max(INT_MAX)
    case 'decimal':
      return column.isList ? z.unknown() : decimalInput(column)
    default:
      // The GraphQL type has already checked the value: a boolean, an enum value, a date.
      return z.unknown()
  }
}

/**
 * Returns a schema for decimals as text, as the GraphQL type has parsed them, with no more digits than the column
 * stores: PostgreSQL would round the others away.
 */
export function decimalInput({ digits }: Column): ZodType {
  if (!digits) return z.unknown()
  const { whole, places } = digits
  return z
    .string()
    .refine((text) => (text.split('.', 2)[1]?.length ?? 0) <= places, `At most ${places} decimal places.`)
    .refine((text) => wholeDigits(text) <= whole, `At most ${whole} digits before the decimal point.`)
}

function wholeDigits(decimal: string): number {
  return (decimal.split('.', 1)[0] ?? '').replace(/^-?0*/, '').length
}
