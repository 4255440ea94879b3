import Big from 'big.js'

/**
 * Numbers of big.js, which adds and multiplies exactly. A constructor of its own, so that nothing else in the process
 * changes its settings. `strict`: it throws when it gets a number of JavaScript, so that no decimal goes through a
 * floating-point number.
 */
const Decimal = Big()
Decimal.strict = true
/** Numbers whose division cuts the fraction off: `div` of them is exact and a whole number. */
const Whole = Big()
Whole.strict = true
Whole.DP = 0
Whole.RM = Big.roundDown

/** Decimal places of every decimal that is made here, at least. */
const LEAST_PLACES = 2

/** Returns the decimal as text, with at least two decimal places and no further trailing zeros: `0.5` is `0.50`. */
function textOf(decimal: Big): string {
  // `plus('0')`: there is no negative zero.
  const exact = decimal.plus('0').toFixed()
  const places = exact.split('.', 2)[1]?.length ?? 0
  return places < LEAST_PLACES ? `${exact}${places === 0 ? '.' : ''}${'0'.repeat(LEAST_PLACES - places)}` : exact
}

/**
 * Returns the exact sum of decimal numbers given as text. The result has at least two decimal places: the sum of
 * `['0.1', '0.25']` is `0.35`, and the sum of an empty list is `0.00`.
 */
export function sumDecimals(decimals: readonly string[]): string {
  return textOf(decimals.reduce<Big>((sum, decimal) => sum.plus(decimal), Decimal('0')))
}

/** Returns the exact difference of two decimal numbers given as text, with at least two decimal places. */
export function subtractDecimals(decimal: string, subtrahend: string): string {
  return textOf(Decimal(decimal).minus(subtrahend))
}

/**
 * Returns the exact product of decimal numbers given as text. The result has at least two decimal places: the product of
 * `['1.5', '0.25']` is `0.375`, and the product of an empty list is `1.00`.
 */
export function multiplyDecimals(factors: readonly string[]): string {
  return textOf(factors.reduce<Big>((product, factor) => product.times(factor), Decimal('1')))
}

/**
 * Rounds a decimal number given as text to a number of decimal places, halves away from zero: `2.345` to 2 places is
 * `2.35`, and `-2.345` is `-2.35`. The result has at least two decimal places: `12.5` to 0 places is `13.00`.
 * @param places Decimal places that are kept, 0 or more
 */
export function roundDecimal(decimal: string, places: number): string {
  return textOf(Decimal(decimal).round(places, Big.roundHalfUp))
}

/**
 * Compares two decimal numbers given as text. Returns -1, 0 or 1: the first is less than, equal to or greater than the
 * second.
 */
export function compareDecimals(one: string, other: string): number {
  return Decimal(one).cmp(other)
}

/**
 * Splits a decimal number into parts in proportion to weights. The parts add up to the number exactly: each is first cut
 * off after `places` decimal places, and the units of the last place that are left over go to the parts with the largest
 * remainders, one to each; of equal remainders the first part gets it. This is the method of the largest remainder
 * (Hamilton's method of apportionment). A part has the sign of the number and differs from its exact share by less than
 * one unit of the last place. `10.00` by the weights `['1', '1', '1']` is `3.34`, `3.33` and `3.33`.
 * @param total Decimal number with at most `places` decimal places
 * @param weights Decimal numbers, at least one and none negative. Where all are 0 the parts are as equal as they can be.
 * @param places Decimal places of the parts
 * @returns one part for each weight, in their order
 * @throws RangeError when there is no weight, one is negative, or the number has more decimal places.
 */
export function allocateDecimal(total: string, weights: readonly string[], places: number): string[] {
  if (weights.length === 0) throw new RangeError('There is nothing to split the number among.')
  const unit = `1e-${places}`
  const all = Decimal(total).abs()
  if (!all.round(places, Big.roundDown).eq(all))
    throw new RangeError(`${total} has more than ${places} decimal places, so its parts would not add up to it.`)
  const given = weights.map((weight) => Whole(weight))
  if (given.some((weight) => weight.lt('0'))) throw new RangeError('A weight is negative.')
  const isEmpty = given.every((weight) => weight.eq('0'))
  const shares = isEmpty ? given.map(() => Whole('1')) : given
  const sum = shares.reduce((whole, share) => whole.plus(share), Whole('0'))
  const units = Whole(all.times(`1e${places}`))
  const cut = shares.map((share, index) => {
    const exact = units.times(share)
    const count = exact.div(sum)
    return { index, count, remainder: exact.minus(count.times(sum)) }
  })
  const left = cut.reduce((rest, { count }) => rest.minus(count), units)
  const first = new Set(
    cut
      .toSorted((one, other) => other.remainder.cmp(one.remainder) || one.index - other.index)
      .slice(0, Number(left.toFixed()))
      .map(({ index }) => index),
  )
  const sign = Decimal(total).lt('0') ? '-1' : '1'
  return cut.map(({ index, count }) =>
    textOf(
      count
        .plus(first.has(index) ? '1' : '0')
        .times(unit)
        .times(sign),
    ),
  )
}

/** Numbers whose division is rounded by `divideDecimals`. */
const Quotient = Big()
Quotient.strict = true
Quotient.RM = Big.roundHalfUp

/**
 * Returns the quotient of two decimal numbers given as text, rounded once to a number of decimal places, halves away from
 * zero: 1 by 3 to 4 places is `0.3333`. The result has at least two decimal places.
 * @param divisor Decimal number other than 0
 * @param places Decimal places that are kept, 0 or more
 * @throws Error when the divisor is 0.
 */
export function divideDecimals(dividend: string, divisor: string, places: number): string {
  Quotient.DP = places
  return textOf(Quotient(dividend).div(divisor))
}
