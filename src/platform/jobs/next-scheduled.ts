import { type Cron, parseCron } from '../plugins/load/cron.ts'

/**
 * Days that are searched for the next scheduled time. 29 February may be eight years away, such as in 2096; an
 * expression with no match within nine years, such as 30 February, never matches.
 */
const MAX_DAYS = 9 * 366
const MINUTE_MS = 60_000

/**
 * Returns the first time after `after` at which the schedule matches, a full minute in UTC. Null when the text is no
 * cron expression or never matches. As in the job queue, a day matches when the day of the month or the weekday matches,
 * if the expression limits both.
 */
export function nextScheduled(schedule: string, after: Date): Date | null {
  const cron = parseCron(schedule)
  if (!cron) return null
  const start = new Date(Math.floor(after.getTime() / MINUTE_MS + 1) * MINUTE_MS)
  for (let offset = 0; offset < MAX_DAYS; offset++) {
    const day = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + offset))
    if (!matchesDay(cron, day)) continue
    const earliest = offset === 0 ? start.getUTCHours() * 60 + start.getUTCMinutes() : 0
    const minute = firstMinute(cron, earliest)
    if (minute !== null) return new Date(day.getTime() + minute * MINUTE_MS)
  }
  return null
}

const ALL_DAYS = 31
const ALL_WEEKDAYS = 7

function matchesDay({ days, months, weekdays }: Cron, date: Date): boolean {
  if (!months.has(date.getUTCMonth() + 1)) return false
  const matchesMonthDay = days.has(date.getUTCDate())
  const matchesWeekday = weekdays.has(date.getUTCDay())
  return days.size < ALL_DAYS && weekdays.size < ALL_WEEKDAYS
    ? matchesMonthDay || matchesWeekday
    : matchesMonthDay && matchesWeekday
}

/** Returns the first matching minute of a day that is not before `earliest`, counted from midnight; null when none is. */
function firstMinute({ hours, minutes }: Cron, earliest: number): number | null {
  for (let minute = earliest; minute < 24 * 60; minute++)
    if (hours.has(Math.floor(minute / 60)) && minutes.has(minute % 60)) return minute
  return null
}
