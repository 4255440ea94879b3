import {
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
  sumDecimals,
} from '../../../platform/formats/decimal.ts'

/** What the discount and the margin of a quote are computed from: one line of it. */
export interface RatedLine {
  readonly quantity: string
  /** What the customer pays for the line without tax. */
  readonly net: string
  /** Price of one unit by the price books; null when there is none. */
  readonly listPrice: string | null
  /** Cost of one unit in the currency of the quote; null when it is not known. */
  readonly unitCost: string | null
}

/** Decimal places of a percentage. */
const PLACES = 4

/**
 * Returns all discounts of a quote together, in percent of the list prices: what is taken off by discounts, and by
 * prices that were given in place of list prices. Rounded half away from zero to four decimal places; negative when the
 * quote is dearer than the list. Null when a line has no list price, or the list prices add up to 0.
 */
export function totalDiscountPercent(lines: readonly RatedLine[]): string | null {
  const list = sumOf(lines, ({ listPrice }) => listPrice)
  return list === null ? null : percentageOf(subtractDecimals(list, netOf(lines)), list)
}

/**
 * Returns what is left of the net amount of a quote after the costs, in percent of the net amount: the gross margin.
 * Rounded half away from zero to four decimal places. Null when the cost of a line is not known, or the net amount is 0.
 */
export function marginPercent(lines: readonly RatedLine[]): string | null {
  const costs = sumOf(lines, ({ unitCost }) => unitCost)
  const net = netOf(lines)
  return costs === null ? null : percentageOf(subtractDecimals(net, costs), net)
}

const netOf = (lines: readonly RatedLine[]) => sumDecimals(lines.map(({ net }) => net))

/** Returns the sum of quantities times a value of each line; null when a line does not have the value. */
function sumOf(lines: readonly RatedLine[], priceOf: (line: RatedLine) => string | null): string | null {
  const values = lines.map((line) => {
    const value = priceOf(line)
    return value === null ? null : multiplyDecimals([line.quantity, value])
  })
  return values.some((value) => value === null) ? null : sumDecimals(values.flatMap((value) => value ?? []))
}

function percentageOf(part: string, whole: string): string | null {
  return compareDecimals(whole, '0') === 0 ? null : divideDecimals(multiplyDecimals([part, '100']), whole, PLACES)
}
