import type { Day } from './history.ts'

/** Divides days into groups that come again each quarter or each year. */
export interface Seasons {
  readonly count: number
  /** Returns the group of a day. */
  of(day: Day): number
  /** Returns the first day of the next month, where the group of a day ends. */
  next(day: Day): Day
}

/** The months of a calendar. */
export interface Months {
  /** Returns the first day of the next month. */
  next(day: Day): Day
  /** 0 to 11: the month of the fiscal year. */
  numberOf(day: Day): number
}

/** Returns the months of a calendar whose fiscal year begins in a month from 1 to 12. Keeps what it has computed. */
export function monthsOf(fiscalYearStartMonth: number): Months {
  const known = new Map<Day, { readonly next: Day; readonly number: number }>()
  const monthOf = (day: Day) => {
    const cached = known.get(day)
    if (cached) return cached
    const date = new Date(day * 86_400_000)
    const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 86_400_000
    const month = { next, number: (date.getUTCMonth() + 13 - fiscalYearStartMonth) % 12 }
    known.set(day, month)
    return month
  }
  return { next: (day) => monthOf(day).next, numberOf: (day) => monthOf(day).number }
}

/** Complete months that have to be known before the twelve months of the year are told apart. */
const MONTHS_FOR_YEAR = 24
/** Complete months that have to be known before the three months of a quarter are told apart. */
const MONTHS_FOR_QUARTER = 6

/**
 * Returns the seasons that a time of history can tell apart: those of the year after two years, the place of the month
 * in the fiscal quarter after two quarters, and none before. At the end of a quarter more is closed than at its
 * beginning, in many companies.
 */
export function seasonsOf(months: Months, history: { readonly from: Day; readonly until: Day }): Seasons {
  let complete = 0
  // The month before the first day ends on it where the first day begins a month.
  for (let day = months.next(history.from - 1); months.next(day) <= history.until; day = months.next(day)) complete++
  const count = complete >= MONTHS_FOR_YEAR ? 12 : complete >= MONTHS_FOR_QUARTER ? 3 : 1
  return { count, of: (day) => months.numberOf(day) % count, next: months.next }
}
