import type { OperationInputType } from '../../platform/declare/rules/operation-input.ts'
import type { Calendar } from '../../platform/request/calendar.ts'

/** A fiscal year, or one of its quarters or months, in the calendar of a workspace. */
export interface FiscalPeriod {
  /** The calendar year in which the fiscal year begins. */
  readonly year: number
  /** 1 to 4. */
  readonly quarter?: number | null | undefined
  /** 1 to 12: 1 is the first month of the fiscal year. */
  readonly month?: number | null | undefined
}

/** Months, counted from the first month of the fiscal year 0. */
export interface Span {
  readonly firstMonth: number
  readonly months: 1 | 3 | 12
}

const FIRST_YEAR = 1
const LAST_YEAR = 9998

/** The input type of a period, for arguments of queries and operations. */
export const fiscalPeriodInput = {
  name: 'FiscalPeriodInput',
  description:
    "A period of the workspace's fiscal year: the whole year, one of its quarters or one of its months. The workspace says in which month its fiscal year begins.",
  fields: {
    year: {
      type: 'Int',
      isRequired: true,
      description: `The fiscal year: the calendar year in which it begins, from ${FIRST_YEAR} to ${LAST_YEAR}.`,
    },
    quarter: { type: 'Int', description: 'A quarter of the fiscal year, from 1 to 4. Not together with `month`.' },
    month: {
      type: 'Int',
      description: 'A month of the fiscal year, from 1 (its first month) to 12. Not together with `quarter`.',
    },
  },
} as const satisfies OperationInputType

/** A problem with a period: the field that is wrong, and why. */
interface PeriodProblem {
  readonly field: 'year' | 'quarter' | 'month'
  readonly message: string
}

/** Returns what is wrong with a period; an empty list when it is one. */
export function periodProblems({ year, quarter, month }: FiscalPeriod): PeriodProblem[] {
  const within = (value: number | null | undefined, first: number, last: number) =>
    value === null || value === undefined || (value >= first && value <= last)
  return [
    ...(within(year, FIRST_YEAR, LAST_YEAR)
      ? []
      : [{ field: 'year' as const, message: `A year from ${FIRST_YEAR} to ${LAST_YEAR}.` }]),
    ...(within(quarter, 1, 4) ? [] : [{ field: 'quarter' as const, message: 'A quarter from 1 to 4.' }]),
    ...(within(month, 1, 12) ? [] : [{ field: 'month' as const, message: 'A month from 1 to 12.' }]),
    ...(isGiven(quarter) && isGiven(month)
      ? [{ field: 'month' as const, message: 'Name a quarter or a month, not both.' }]
      : []),
  ]
}

function isGiven(value: number | null | undefined): value is number {
  return value !== null && value !== undefined
}

/** Returns the months of a period. */
export function spanOf({ year, quarter, month }: FiscalPeriod): Span {
  if (isGiven(month)) return { firstMonth: year * 12 + month - 1, months: 1 }
  if (isGiven(quarter)) return { firstMonth: year * 12 + (quarter - 1) * 3, months: 3 }
  return { firstMonth: year * 12, months: 12 }
}

/** Returns the period of a span: the opposite of `spanOf`. */
export function periodOf({ firstMonth, months }: Span): FiscalPeriod {
  const [year, month] = [Math.floor(firstMonth / 12), firstMonth % 12]
  if (months === 12) return { year }
  return months === 3 ? { year, quarter: month / 3 + 1 } : { year, month: month + 1 }
}

/** Returns the span of the same length that is `count` such spans later, or earlier when `count` is negative. */
export function shifted({ firstMonth, months }: Span, count: number): Span {
  return { firstMonth: firstMonth + count * months, months }
}

/** Returns the span of a length in which a day lies. */
export function spanAt(day: string, months: Span['months'], { fiscalYearStartMonth }: Calendar): Span {
  const [year = 0, month = 1] = day.split('-').map(Number)
  const firstMonth = year * 12 + month - fiscalYearStartMonth
  return { firstMonth: Math.floor(firstMonth / months) * months, months }
}

/** Returns the first day of a span and the day after its last one, such as `2026-01-01`. */
export function daysOf(
  { firstMonth, months }: Span,
  { fiscalYearStartMonth }: Calendar,
): { from: string; until: string } {
  const offset = firstMonth + fiscalYearStartMonth - 1
  return { from: firstDay(offset), until: firstDay(offset + months) }
}

/** Returns the first day of a calendar month, which is counted from January of the year 0. */
function firstDay(month: number): string {
  const year = String(Math.floor(month / 12)).padStart(4, '0')
  return `${year}-${String((month % 12) + 1).padStart(2, '0')}-01`
}
