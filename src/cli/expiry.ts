import { InvalidArgumentError } from 'commander'
import { parseDuration } from './duration.ts'

const DAY = /^\d{4}-\d\d-\d\d$/
const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/**
 * Reads when something ends: a duration from now such as `90d`, a day such as `2030-01-31`, which means its beginning in UTC, or an
 * instant such as `2030-01-31T12:00:00Z`.
 *
 * @throws InvalidArgumentError of commander on anything else
 */
export function parseExpiry(text: string, now: Date = new Date()): Date {
  const day = DAY.test(text) ? text : INSTANT.exec(text)?.[1]
  const end = day === undefined ? new Date(now.getTime() + secondsOf(text) * 1000) : new Date(text)
  // A 31st of February would be taken for the 3rd of March.
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
