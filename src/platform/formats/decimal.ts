/**
 * Returns the exact sum of decimal numbers given as text. The result has at least two decimal places: the sum of
 * `['0.1', '0.25']` is `0.35`, and the sum of an empty list is `0.00`.
 */
export function sumDecimals(decimals: readonly string[]): string {
  const scale = Math.max(2, ...decimals.map(placesOf))
  const sum = decimals.reduce((total, decimal) => total + unitsOf(decimal, scale), 0n)
  const digits = String(sum < 0n ? -sum : sum).padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '').padEnd(2, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -scale)}.${fraction}`
}

/**
 * Compares two decimal numbers given as text. Returns -1, 0 or 1: the first is less than, equal to or greater than the
 * second.
 */
export function compareDecimals(one: string, other: string): number {
  const scale = Math.max(placesOf(one), placesOf(other))
  const difference = unitsOf(one, scale) - unitsOf(other, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Returns the number of decimal places. */
function placesOf(decimal: string): number {
  return decimal.split('.', 2)[1]?.length ?? 0
}

/**
 * Returns a decimal number times 10 ** scale, as a whole number. `scale` must not be less than its number of decimal
 * places.
 */
function unitsOf(decimal: string, scale: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.', 2)
  return BigInt(whole + fraction.padEnd(scale, '0'))
}
