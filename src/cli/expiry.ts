import { InvalidArgumentError } from 'commander'
import { parseDuration } from './duration.ts'

const DAY = /^\d{4}-\d\d-\d\d$/
const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/**
 * Returns the time that an expiry names: a duration from `now` such as `90d`, a day such as `2030-01-31`, whose beginning in
 * UTC is meant, or an instant such as `2030-01-31T12:00:00Z`.
 *
 * @throws InvalidArgumentError (of commander) for any other text, a day that does not exist and a year after 9999.
 */
export function parseExpiry(text: string, now: Date = new Date()): Date {
  const day = DAY.test(text) ? text : INSTANT.exec(text)?.[1]
  const end = day === undefined ? new Date(now.getTime() + secondsOf(text) * 1000) : new Date(text)
  // `Date` reads the 31st of February as the 3rd of March.
  const isDay = day === undefined || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, day.length) === day
  if (isDay && end.getUTCFullYear() <= 9999) return end
  throw notAnExpiry()
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text)
  } catch {
    throw notAnExpiry()
  }
}

function notAnExpiry(): InvalidArgumentError {
  return new InvalidArgumentError(
    'Expected a duration such as 12h or 90d, a day such as 2030-01-31, or an instant such as 2030-01-31T12:00:00Z.',
  )
}
