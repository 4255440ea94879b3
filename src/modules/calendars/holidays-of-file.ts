import ICAL from 'ical.js'

/** A day without work, with its name. */
export interface Holiday {
  /** Such as `2026-12-25`. */
  readonly on: string
  readonly name: string | null
}

/** Days of one event at most. A longer one is a mistake, or no holiday. */
const MAX_DAYS = 60
/** Repetitions of all events together: each of fifty holidays since 1700, and much less than what would stop the process. */
const MAX_REPETITIONS = 20_000
/** Years between two repetitions at most. */
const MAX_INTERVAL = 100

/**
 * Returns the days on which the events of an iCalendar file (RFC 5545) fall, from the first day up to the last one, in
 * their order. Events that are repeated are followed to the last day. Events at a time of the day are no holidays.
 * @throws Error when the text is no iCalendar file, when an event is longer than two months, and when one is repeated in
 * another way than each year
 */
export function holidaysOfFile(text: string, first: string, last: string): Holiday[] {
  const names = new Map<string, string | null>()
  let repetitions = 0
  for (const component of new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent')) {
    const event = new ICAL.Event(component)
    if (!event.startDate?.isDate) continue
    const length = Math.max(event.duration.toSeconds() / 86_400, 1)
    if (length > MAX_DAYS) throw new Error(`The event "${event.summary}" is longer than ${MAX_DAYS} days.`)
    requireYearly(component, event.summary)
    for (const start of startsOf(event, last)) {
      if (++repetitions > MAX_REPETITIONS)
        throw new Error(`The events are repeated more than ${MAX_REPETITIONS} times.`)
      for (let day = 0; day < length; day++) {
        const on = dayAfter(start, day)
        if (on >= first && on <= last && !names.has(on)) names.set(on, event.summary || null)
      }
    }
  }
  return [...names].map(([on, name]) => ({ on, name })).sort((one, other) => (one.on < other.on ? -1 : 1))
}

/** The parts of a rule that say which day of the year it is. */
const PARTS: ReadonlySet<string> = new Set(['BYMONTH', 'BYMONTHDAY', 'BYDAY'])
/** A day of the week, or which one of those of a month it is: `MO`, `3MO`, `-1MO`. */
const WEEKDAY = /^-?[1-5]?[A-Z]{2}$/

/**
 * Throws for a rule of repetition that is not one of a holiday. Some of the others are never met, and looking for the next
 * day would not end.
 */
function requireYearly(component: ICAL.Component, name: string): void {
  const rules = component.getAllProperties('rrule').flatMap((property) => property.getValues())
  const isYearly = rules.every(
    (rule) =>
      rule instanceof ICAL.Recur &&
      rule.freq === 'YEARLY' &&
      rule.interval <= MAX_INTERVAL &&
      Object.keys(rule.parts).every((part) => PARTS.has(part)) &&
      (rule.parts['BYDAY'] ?? []).every((day) => WEEKDAY.test(String(day))),
  )
  if (!isYearly || component.hasProperty('exrule'))
    throw new Error(`The event "${name}" is not repeated each year by BYMONTH, BYMONTHDAY and BYDAY.`)
}

/** The days on which an event begins, up to the last one. */
function* startsOf(event: ICAL.Event, last: string): Generator<string> {
  const days = event.iterator()
  for (let next = days.next(); next; next = days.next()) {
    const day = next.toString().slice(0, 10)
    if (day > last) return
    yield day
  }
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
