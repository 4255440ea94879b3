import fc from 'fast-check'
import { expect, it } from 'vitest'
import { daysOf, periodProblems, shifted, spanAt, spanOf } from '../../../src/modules/forecasts/fiscal-period.ts'

const calendar = (fiscalYearStartMonth: number) => ({ timeZone: 'UTC', fiscalYearStartMonth })

it.each([
  [1, { year: 2026 }, '2026-01-01', '2027-01-01'],
  [1, { year: 2026, quarter: 4 }, '2026-10-01', '2027-01-01'],
  [4, { year: 2026 }, '2026-04-01', '2027-04-01'],
  [4, { year: 2026, quarter: 4 }, '2027-01-01', '2027-04-01'],
  [4, { year: 2026, month: 1 }, '2026-04-01', '2026-05-01'],
  [10, { year: 2026, month: 4 }, '2027-01-01', '2027-02-01'],
  [12, { year: 1999, month: 1 }, '1999-12-01', '2000-01-01'],
])('where the fiscal year begins in month %i, %j is from %s until %s', (start, period, from, until) => {
  expect(daysOf(spanOf(period), calendar(start))).toEqual({ from, until })
})

it('the span at a day has the day in it, and follows the one before without a gap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.date({ min: new Date('1950-01-01'), max: new Date('2150-01-01'), noInvalidDate: true }),
      fc.constantFrom(1, 3, 12),
      (start, date, months) => {
        const day = date.toISOString().slice(0, 10)
        const span = spanAt(day, months, calendar(start))
        const { from, until } = daysOf(span, calendar(start))
        expect(from <= day && day < until).toBe(true)
        expect(daysOf(shifted(span, -1), calendar(start)).until).toBe(from)
        expect(daysOf(shifted(span, 1), calendar(start)).from).toBe(until)
      },
    ),
  )
})

it.each([
  [{ year: 0 }, ['year']],
  [{ year: 2026, quarter: 0 }, ['quarter']],
  [{ year: 2026, quarter: 5 }, ['quarter']],
  [{ year: 2026, month: 13 }, ['month']],
  [{ year: 2026, quarter: 1, month: 1 }, ['month']],
  [{ year: 2026, quarter: null, month: null }, []],
])('of %j, %j is wrong', (period, fields) => {
  expect(periodProblems(period).map(({ field }) => field)).toEqual(fields)
})
