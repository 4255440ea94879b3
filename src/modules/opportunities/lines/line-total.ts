import { multiplyDecimals, subtractDecimals } from '../../../platform/formats/decimal.ts'
import { roundMoney } from '../../../platform/formats/money.ts'

/** What decides the total of a line. Decimals are texts; amounts are in one currency, an ISO 4217 code. */
export interface LineFigures {
  readonly quantity: string
  readonly unitPrice: string
  /** From 0 to 100. */
  readonly discountPercent: string
  readonly discount: string
  readonly currency: string
}

/**
 * Returns the total of a line: `quantity × unitPrice × (100 − discountPercent) / 100 − discount`, rounded once to the
 * smallest unit of the currency, halves away from zero.
 */
export function lineTotal({ quantity, unitPrice, discountPercent, discount, currency }: LineFigures): string {
  const paid = subtractDecimals('100', discountPercent)
  return roundMoney(subtractDecimals(multiplyDecimals([quantity, unitPrice, paid, '0.01']), discount), currency)
}
