import { minorDigits } from '../../../platform/formats/currency.ts'
import { dayIn } from '../../../platform/formats/day.ts'
import type { Calendar } from '../../../platform/request/calendar.ts'
import type { Statements } from '../figures/find-figures.ts'
import type { ForecastRequest } from '../figures/forecast-request.ts'
import { daysOf, type Span, shifted, spanAt } from '../fiscal-period.ts'
import { DECIDED_DEALS, HISTORY_DAYS } from './back-test.ts'
import { findHistory } from './find-history.ts'
import type { Day, Days } from './history.ts'
import { INTERVAL, type Projection, project } from './project.ts'
import { monthsOf } from './seasons.ts'

/** Past periods that are tried. */
const TRIALS = 6

/** Returns the projection of a forecast, in the form of `projectionType`. Reads the histories by one statement. */
export async function findProjection(
  statements: Statements,
  request: ForecastRequest,
  readable: Omit<Parameters<typeof findHistory>[2], 'timeZone'>,
  calendar: Calendar,
) {
  const { timeZone } = calendar
  const deals = await findHistory(statements, request, { ...readable, timeZone })
  // What happened before the moment is known: at midnight all of the day before, later the day itself.
  const known = dayIn(timeZone, new Date(request.at.getTime() - 1))
  const day = numberOf(known) + 1
  const projection = project({
    deals,
    months: monthsOf(calendar.fiscalYearStartMonth),
    day,
    period: { from: numberOf(request.from), until: numberOf(request.until) },
    past: pastPeriods(request.span, day, calendar),
  })
  return projection ? answerOf(projection, request) : tooLittle(deals.length)
}

/** Returns the last periods of the same length that are over on a day. */
function pastPeriods({ months }: Span, day: Day, calendar: Calendar): Days[] {
  const current = spanAt(dayOf(day), months, calendar)
  return Array.from({ length: TRIALS }, (_, index) => {
    const { from, until } = daysOf(shifted(current, index - TRIALS), calendar)
    return { from: numberOf(from), until: numberOf(until) }
  })
}

function answerOf(projection: Projection, { currency }: ForecastRequest) {
  const money = (amount: number) => ({ amount: Math.max(amount, 0).toFixed(minorDigits(currency)), currency })
  return {
    expected: money(projection.expected),
    low: money(projection.low),
    high: money(projection.high),
    method: methodOf(projection),
    backTestError: projection.backTestError,
    backTest: projection.trials.map(({ from, expected, actual }) => ({
      from: dayOf(from),
      expected: money(expected),
      actual: money(actual),
    })),
  }
}

const SEASONS = new Map([
  [3, 'of the month of the quarter, '],
  [12, 'of the month of the year, '],
])

function methodOf({ decided, seasons, trials, backTestError }: Projection): string {
  const tried =
    trials.length === 0
      ? 'No past period could be tried.'
      : `Calibrated by ${trials.length} past periods${backTestError === null ? '' : `, with an error of ${Math.round(backTestError * 100)} %`}.`
  return `Chances of open deals by stage and time in it, from ${decided} decided deals, with factors ${SEASONS.get(seasons) ?? ''}of the owner and of the product family, shrunk to the mean; new deals as in the last 91 days. ${tried} Interval of ${INTERVAL * 100} %.`
}

function tooLittle(deals: number) {
  return {
    expected: null,
    low: null,
    high: null,
    method: `Not projected: the history is too short. It has ${deals} deals; needed are ${DECIDED_DEALS} whose time from the beginning to the closing is known, the first of them closed ${HISTORY_DAYS} days ago.`,
    backTestError: null,
    backTest: [],
  }
}

function numberOf(day: string): Day {
  return Date.parse(day) / 86_400_000
}

function dayOf(day: Day): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
