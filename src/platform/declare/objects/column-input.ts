import { type ZodType, z } from 'zod'
import type { Column } from '../../data/models/models.ts'

const MAX_TEXT = 20_000
const MAX_LINE = 500
const INT_MIN = -2_147_483_648
const INT_MAX = 2_147_483_647

/** PostgreSQL can't store U+0000, and no text of people holds it. */
const withoutNull = (text: string) => !text.includes('\u0000')

/** Half of a surrogate pair is no character: stored, it would come back as another one. */
const isWellFormed = (text: string) => text.isWellFormed()

/** A text of one or many lines, without white space around it. `max` counts UTF-16 units. */
export function text(max = MAX_LINE) {
  return z
    .string()
    .max(max, `At most ${max} characters.`)
    .refine(withoutNull, 'The character U+0000 is not allowed.')
    .refine(isWellFormed, 'The text holds half of a character (a lone surrogate).')
    .trim()
}

/** A long text, such as notes or the body of an e-mail. */
export const longText = text(MAX_TEXT)

/** How a column's value is checked when its declaration says nothing: by the column's type. */
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
    default:
      // GraphQL's own type has checked it: a boolean, an enum value, a date, a decimal.
      return z.unknown()
  }
}
