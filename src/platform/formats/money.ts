import { minorDigits } from './currency.ts'
import { allocateDecimal, roundDecimal } from './decimal.ts'

/**
 * Rounds an amount to the smallest unit of its currency, halves away from zero: `2.345` is `2.35` in EUR, and `2.00` in
 * JPY, whose smallest unit is one yen. Amounts of documents for customers, such as the total of a line, are rounded by
 * this rule, each once; sums are sums of rounded amounts.
 * @param amount Decimal number as text
 * @param currency ISO 4217 code in upper case
 */
export function roundMoney(amount: string, currency: string): string {
  return roundDecimal(amount, minorDigits(currency))
}

/**
 * Splits an amount into parts in proportion to weights, in whole smallest units of its currency: the parts add up to the
 * amount exactly. See `allocateDecimal` for the method.
 * @param total Amount as text, without fractions of the smallest unit
 * @param weights Decimal numbers as text, at least one and none negative
 * @param currency ISO 4217 code in upper case
 * @throws RangeError as `allocateDecimal` does.
 */
export function allocateMoney(total: string, weights: readonly string[], currency: string): string[] {
  return allocateDecimal(total, weights, minorDigits(currency))
}
