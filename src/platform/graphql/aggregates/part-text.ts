import type { DatePart } from '../../reads/aggregates/date-parts.ts'

const TEXTS: Readonly<Record<DatePart, string>> = {
  DAY: 'day',
  WEEK: 'week (from Monday)',
  MONTH: 'month',
  QUARTER: 'calendar quarter',
  YEAR: 'calendar year',
  FISCAL_QUARTER: 'quarter of the fiscal year',
  FISCAL_YEAR: 'fiscal year',
}

/** Returns the name of a part of the calendar for descriptions. */
export function partText(part: DatePart): string {
  return TEXTS[part]
}
