import type { Column } from '../../data/models/models.ts'
import { raw, type Sql, sql } from '../../data/sql.ts'
import type { Calendar } from '../../request/calendar.ts'

/** Parts of the calendar by which an aggregate groups days and times. */
export const DATE_PARTS = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'] as const

export type DatePart = (typeof DATE_PARTS)[number]

/** Units of PostgreSQL's `date_trunc`. A week begins on Monday, as in ISO 8601. */
const UNITS = {
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  QUARTER: 'quarter',
  YEAR: 'year',
  FISCAL_QUARTER: 'quarter',
  FISCAL_YEAR: 'year',
} as const satisfies Readonly<Record<DatePart, string>>

/**
 * Returns SQL of the first day of the part of the calendar that a value lies in, as a `date`. A time lies in the day
 * that it has in the time zone of the workspace. The fiscal year begins on the first day of a month of the workspace's
 * choice.
 */
export function startOfPart({ type }: Pick<Column, 'type'>, value: Sql, part: DatePart, calendar: Calendar): Sql {
  const local = type === 'date' ? sql`${value}::timestamp` : sql`(${value} at time zone ${calendar.timeZone})`
  const unit = raw(`'${UNITS[part]}'`)
  const months = calendar.fiscalYearStartMonth - 1
  if (months === 0 || (part !== 'FISCAL_QUARTER' && part !== 'FISCAL_YEAR'))
    return sql`date_trunc(${unit}, ${local})::date`
  // Where the fiscal year begins in April, it is the calendar year of the times that are three months earlier.
  const shift = raw(`interval '${months} months'`)
  return sql`(date_trunc(${unit}, ${local} - ${shift}) + ${shift})::date`
}
