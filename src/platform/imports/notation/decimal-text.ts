const DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?$/

/** Whether a text is a number in plain notation: digits, at most one point, no thousands separators. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text)
}

/**
 * Returns the exact product of two decimal numbers that are given as texts, without zeros at the end of its fraction:
 * `1100.04` times `1000000` is `1100040000`. Null when one of the texts is not a decimal number.
 */
export function multiply(one: string, other: string): string | null {
  const [left, right] = [parseDecimal(one), parseDecimal(other)]
  return left && right ? formatDecimal(left.units * right.units, left.scale + right.scale) : null
}

function parseDecimal(text: string): { readonly units: bigint; readonly scale: number } | null {
  const [, sign, whole = '', fraction = ''] = DECIMAL.exec(text) ?? []
  if (sign === undefined) return null
  return { units: BigInt(`${sign === '-' ? '-' : ''}${whole}${fraction}`), scale: fraction.length }
}

function formatDecimal(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
