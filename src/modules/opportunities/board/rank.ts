/** Decimal places of a position: as many as the column `opportunities.position` has. */
const PLACES = 20
/** Largest position, exclusive: the column has 20 digits before the point. */
const LIMIT = 10n ** 19n * 10n ** BigInt(PLACES)

/**
 * Returns a position between two others, with as few decimal places as possible, so that many cards can be placed one
 * after the other between the same two. Null when no position is left between them: then the stage has to be numbered
 * anew.
 * @param before Position of the card before; null for none.
 * @param after Position of the card after; null for none.
 */
export function positionBetween(before: string | null, after: string | null): string | null {
  if (before === null && after === null) return '1'
  if (after === null) return checked(floorTo(scaled(before ?? '0'), 0) + unit(0))
  if (before === null) return checked(ceilTo(scaled(after), 0) - unit(0))
  const [low, high] = [scaled(before), scaled(after)]
  for (let places = 0; places <= PLACES; places++) {
    const step = unit(places)
    const first = floorTo(low, places) + step
    const last = ceilTo(high, places) - step
    if (first <= last) return text(floorTo((first + last) / 2n, places))
  }
  return null
}

/**
 * Returns a position after the last one. Cards that arrive at the same time may get the same: then their ids decide on
 * the order.
 */
export const positionAfter = (last: string | null): string => positionBetween(last, null) ?? last ?? '0'

/** Value of one in the last of `places` decimal places, in units of the last place of all. */
const unit = (places: number) => 10n ** BigInt(PLACES - places)

function floorTo(value: bigint, places: number): bigint {
  const step = unit(places)
  const rest = value % step
  return value - (rest < 0n ? rest + step : rest)
}

const ceilTo = (value: bigint, places: number) => -floorTo(-value, places)

const checked = (value: bigint) => (value < LIMIT && value > -LIMIT ? text(value) : null)

/** Returns a decimal number in units of the last place, which are whole numbers: no float is involved. */
function scaled(decimal: string): bigint {
  const isNegative = decimal.startsWith('-')
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const value = BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'))
  return isNegative ? -value : value
}

function text(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(PLACES + 1, '0')
  const fraction = digits.slice(-PLACES).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${fraction === '' ? '' : `.${fraction}`}`
}
