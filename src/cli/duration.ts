import { InvalidArgumentError } from 'commander'

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/**
 * Returns the seconds of a duration such as `90s`, `15m`, `1h` or `1d`.
 *
 * @throws InvalidArgumentError (of commander) for any other text and for a duration of zero.
 */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
  const seconds = Number(count) * (SECONDS[unit ?? ''] ?? Number.NaN)
  if (!(seconds > 0)) throw new InvalidArgumentError('Expected a number and s, m, h or d, such as 90s, 15m or 1h.')
  return seconds
}
