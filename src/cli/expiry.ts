import { InvalidArgumentError } from 'commander'
import { parseDuration } from './duration.ts'

const DAY = /^\d{4}-\d\d-\d\d$/
const TIME = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/**
 * Parses the time at which something expires. The text is a duration from `now` such as `90d`, a date such as
 * `2030-01-31` (its start in UTC), or a time such as `2030-01-31T12:00:00Z`.
 *
 * @throws InvalidArgumentError (of commander) for any other text, a date that does not exist and a year after 9999.
 */
export function parseExpiry(text: string, now: Date = new Date()): Date {
  const day = DAY.test(text) ? text : TIME.exec(text)?.[1]
  const end = day === undefined ? new Date(now.getTime() + secondsOf(text) * 1000) : new Date(text)
  // `Date` accepts a date that does not exist: it turns February 31 into March 3.
  const isDay = day === undefined || new Date(`${day}T00:00:00Z`).toJSON()?.slice(0, day.length) === day
  if (isDay && end.getUTCFullYear() <= 9999) return end
  throw invalidExpiry()
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text)
  } catch {
    throw invalidExpiry()
  }
}

function invalidExpiry(): InvalidArgumentError {
  return new InvalidArgumentError(
    'Expected a duration such as 12h or 90d, a date such as 2030-01-31, or a time such as 2030-01-31T12:00:00Z.',
  )
}
