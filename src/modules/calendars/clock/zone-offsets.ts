import { Temporal } from 'temporal-polyfill'
import type { Period } from './working-time.ts'

/** A period in which the clocks of a time zone are ahead of UTC by the same time, in milliseconds; negative to the west. */
export interface OffsetPeriod extends Period {
  readonly offset: number
}

/** Periods of the years that were asked for, by time zone and year: at most three for most zones. */
const years = new Map<string, readonly OffsetPeriod[]>()

/**
 * Returns the offsets of a time zone from an instant on, for as long as the caller goes on.
 * @throws RangeError for a time zone that the database of the process does not have
 */
export function* offsetsFrom(timeZone: string, from: number): Generator<OffsetPeriod> {
  for (let year = new Date(from).getUTCFullYear(); ; year++)
    for (const period of offsetsOfYear(timeZone, year))
      if (period.to > from) yield period.from < from ? { ...period, from } : period
}

function offsetsOfYear(timeZone: string, year: number): readonly OffsetPeriod[] {
  const key = `${timeZone} ${year}`
  const known = years.get(key)
  if (known) return known
  const end = Date.UTC(year + 1, 0, 1)
  const periods: OffsetPeriod[] = []
  let start: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(
    Date.UTC(year, 0, 1),
  ).toZonedDateTimeISO(timeZone)
  while (start && start.epochMilliseconds < end) {
    const next: Temporal.ZonedDateTime | null = start.getTimeZoneTransition('next')
    const to = Math.min(next?.epochMilliseconds ?? end, end)
    periods.push({ from: start.epochMilliseconds, to, offset: start.offsetNanoseconds / 1_000_000 })
    start = next
  }
  years.set(key, periods)
  return periods
}
