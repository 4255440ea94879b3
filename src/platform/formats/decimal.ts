/** Sum of decimal texts, exact, with two places at least: `['0.1', '0.25']` is `0.35`, and none is `0.00`. */
export function sumDecimals(decimals: readonly string[]): string {
  const scale = Math.max(2, ...decimals.map(placesOf))
  const sum = decimals.reduce((total, decimal) => total + unitsOf(decimal, scale), 0n)
  const digits = String(sum < 0n ? -sum : sum).padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '').padEnd(2, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -scale)}.${fraction}`
}

/** Less than, equal to or more than 0, as the first decimal text is less than, equal to or more than the second. */
export function compareDecimals(one: string, other: string): number {
  const scale = Math.max(placesOf(one), placesOf(other))
  const difference = unitsOf(one, scale) - unitsOf(other, scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

function placesOf(decimal: string): number {
  return decimal.split('.', 2)[1]?.length ?? 0
}

/** A decimal text as a whole number of its last place. */
function unitsOf(decimal: string, scale: number): bigint {
  const [whole = '', fraction = ''] = decimal.split('.', 2)
  return BigInt(whole + fraction.padEnd(scale, '0'))
}
