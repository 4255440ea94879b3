import { DAY_MS, MINUTE_MS, type Period, type WorkingTime } from './working-time.ts'
import { type OffsetPeriod, offsetsFrom } from './zone-offsets.ts'

/** Days after which a calendar whose days are all holidays has no further working time. */
const MAX_IDLE_DAYS = 3_660

/**
 * Returns the periods in which work is done from an instant on, in their order: one for each day, and for each part of a
 * day between two changes of the clocks. Without a calendar, work is always done. It ends only after ten years without
 * work: a caller stops at its own limit.
 */
export function* workingPeriods(calendar: WorkingTime | null, from: number): Generator<Period> {
  if (!calendar) {
    yield { from, to: Number.POSITIVE_INFINITY }
    return
  }
  const byWeekday = hoursByWeekday(calendar)
  const holidays = new Set([...calendar.holidays].map((day) => Date.parse(`${day}T00:00:00Z`) / DAY_MS))
  let lastWork = from
  for (const part of offsetsFrom(calendar.timeZone, from))
    for (const day of daysOf(part)) {
      if (day * DAY_MS - lastWork > MAX_IDLE_DAYS * DAY_MS) return
      if (holidays.has(day)) continue
      for (const hours of byWeekday[weekdayOf(day) - 1] ?? []) {
        const period = {
          from: Math.max(day * DAY_MS + hours.from * MINUTE_MS - part.offset, part.from),
          to: Math.min(day * DAY_MS + hours.to * MINUTE_MS - part.offset, part.to),
        }
        if (period.from >= period.to) continue
        lastWork = period.to
        yield period
      }
    }
}

/** The days on the wall, as numbers of days since 1970, that a part of the time of a zone touches. */
function* daysOf({ from, to, offset }: OffsetPeriod): Generator<number> {
  const last = Math.floor((to + offset - 1) / DAY_MS)
  for (let day = Math.floor((from + offset) / DAY_MS); day <= last; day++) yield day
}

/** 1 for Monday to 7 for Sunday: the first of January 1970 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** The hours of Monday to Sunday, in their order; those that overlap or touch are joined. */
function hoursByWeekday({ hours }: WorkingTime): Pick<WorkingTime['hours'][number], 'from' | 'to'>[][] {
  return [1, 2, 3, 4, 5, 6, 7].map((weekday) => {
    const joined: { from: number; to: number }[] = []
    const ofDay = hours.filter((each) => each.weekday === weekday).sort((one, other) => one.from - other.from)
    for (const { from, to } of ofDay) {
      const last = joined.at(-1)
      if (last && from <= last.to) last.to = Math.max(last.to, to)
      else joined.push({ from, to })
    }
    return joined
  })
}
