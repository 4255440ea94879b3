import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { compareDecimals } from '../../../platform/formats/decimal.ts'
import { lineTotal } from './line-total.ts'

/** A line as the client sent it, as column values. */
export interface LineDraft {
  /** All columns that the client sent. */
  readonly row: Values
  readonly productId: string
  readonly quantity: string
  /** Null where the price is to be looked up. */
  readonly unitPrice: string | null
  readonly currency: string | null
  readonly discountPercent: string
  readonly discount: string | null
  readonly discountCurrency: string | null
}

/** A line whose price is known. */
export type PricedLine = LineDraft & { readonly unitPrice: string; readonly currency: string }

export const hasPrice = (line: LineDraft): line is PricedLine => line.unitPrice !== null && line.currency !== null

/** Returns the path of a field of a line in the input. */
export const pathOf = (index: number, ...field: readonly string[]) => ['input', 'lines', String(index), ...field]

const textOrNull = (value: unknown) => (typeof value === 'string' ? value : null)

export function draftOf(row: Values): LineDraft {
  return {
    row,
    productId: String(row['productId']),
    quantity: String(row['quantity']),
    unitPrice: textOrNull(row['unitPriceAmount']),
    currency: textOrNull(row['currency']),
    discountPercent: textOrNull(row['discountPercent']) ?? '0',
    discount: textOrNull(row['discountAmount']),
    discountCurrency: textOrNull(row['discountCurrency']),
  }
}

/** Returns errors of the numbers of a line, which need no price. */
export function numberErrors(line: LineDraft, index: number): UserError[] {
  const { quantity, unitPrice, discountPercent, discount } = line
  const isNegative = (decimal: string | null) => decimal !== null && compareDecimals(decimal, '0') < 0
  const error = (isWrong: boolean, message: string, ...field: readonly string[]) =>
    isWrong ? [invalid(pathOf(index, ...field), message)] : []
  return [
    ...error(compareDecimals(quantity, '0') <= 0, 'Must be greater than 0.', 'quantity'),
    ...error(isNegative(unitPrice), 'Must not be negative.', 'unitPrice', 'amount'),
    ...error(
      isNegative(discountPercent) || compareDecimals(discountPercent, '100') > 0,
      'A percentage from 0 to 100.',
      'discountPercent',
    ),
    ...error(isNegative(discount), 'Must not be negative.', 'discount', 'amount'),
  ]
}

/** An amount has at most 16 digits before the decimal point: as many as its column stores. */
const LIMIT = `1${'0'.repeat(16)}`

/** Whether an amount is too large to be stored. */
export const isTooLarge = (amount: string) => compareDecimals(amount, LIMIT) >= 0

/** Returns the total of a line, or why it can't have one. */
export function totalOf(line: PricedLine, index: number): { readonly total: string; readonly errors: UserError[] } {
  const total = lineTotal({ ...line, discount: line.discount ?? '0' })
  const errors: UserError[] = []
  if (line.discount !== null && line.discountCurrency !== line.currency)
    errors.push(invalid(pathOf(index, 'discount', 'currency'), `The line has amounts in ${line.currency}.`))
  if (compareDecimals(total, '0') < 0)
    errors.push(invalid(pathOf(index, 'discount', 'amount'), 'The discount is greater than the price of the line.'))
  if (isTooLarge(total)) errors.push(invalid(pathOf(index, 'quantity'), 'The total of the line is too large.'))
  return { total, errors }
}
