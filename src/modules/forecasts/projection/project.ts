import { probit } from 'simple-statistics'
import { calibration, errorsOf, isEnough, type Trial, trials } from './back-test.ts'
import { expectWins } from './expect.ts'
import { type Day, type Days, type DealHistory, wonWithin } from './history.ts'
import { fitModel } from './model.ts'
import type { Months } from './seasons.ts'

/** Share of the cases in which what is won lies within the interval. */
export const INTERVAL = 0.8

/** What is projected to be won in a period, with what was won in it already. */
export interface Projection {
  readonly expected: number
  /** Lower end of the interval. */
  readonly low: number
  /** Upper end of the interval. */
  readonly high: number
  /** Error in past periods: 0.15 for 15 %; null without a past period that could be tried. */
  readonly backTestError: number | null
  readonly trials: readonly Trial[]
  /** Deals that were decided, from which the projection was computed. */
  readonly decided: number
  /** Seasons that were told apart: 1, 3 or 12. */
  readonly seasons: number
}

/** What a projection is computed for. */
interface ProjectionRequest {
  readonly deals: readonly DealHistory[]
  readonly months: Months
  /** The day as of which it is projected. What happened on it or later is not known. */
  readonly day: Day
  readonly period: Days
  /** Periods of the same length that are over, the first one first. */
  readonly past: readonly Days[]
}

/**
 * Projects what is won in a period; null when there is too little history. The same input gives the same answer.
 *
 * 1. Deals are won and lost at rates that depend on the time since they entered their stage (piecewise exponential model
 *    with two competing outcomes, M. Friedman, Annals of Statistics 10 (1982) 101–113), by stage. Rates of few
 *    observations are shrunk to those of all stages.
 * 2. Factors of the season, of the owner and of the product family, shrunk to the mean (see `shrunkFactors`).
 * 3. Each open deal has a chance to be won in the period (see `winChance`), and new deals begin as often as in the last
 *    quarter. Expected is the sum of the chances multiplied by the amounts.
 * 4. Past periods are projected in the same way from what was known then (see `trials`). They calibrate the level, and
 *    tell the error.
 * 5. The interval has a lognormal distribution with the expected mean and with the variance of independent deals,
 *    multiplied by the dispersion of past errors (P. McCullagh and J. Nelder, Generalized Linear Models, 1989, 4.5).
 */
export function project({ deals, months, day, period, past }: ProjectionRequest): Projection | null {
  const won = wonWithin(deals, { from: period.from, until: Math.min(day, period.until) })
  const model = fitModel(deals, day, months)
  if (!isEnough(model)) return null
  const tried = trials(deals, months, past)
  const { error, dispersion } = errorsOf(tried)
  const factor = calibration(tried)
  const { mean, variance } =
    day < period.until
      ? expectWins(model, deals, { from: Math.max(day, period.from), until: period.until })
      : { mean: 0, variance: 0 }
  const { low, high } = intervalOf(factor * mean, factor ** 2 * variance * dispersion)
  return {
    expected: won + factor * mean,
    low: won + low,
    high: won + high,
    backTestError: error,
    trials: tried,
    decided: model.decided,
    seasons: model.seasons.count,
  }
}

/** Returns the ends of the interval of a lognormal distribution with a mean and a variance. */
function intervalOf(mean: number, variance: number): { readonly low: number; readonly high: number } {
  if (mean <= 0) return { low: 0, high: 0 }
  const logVariance = Math.log1p(variance / mean ** 2)
  const end = (share: number) => Math.exp(Math.log(mean) - logVariance / 2 + probit(share) * Math.sqrt(logVariance))
  return { low: end((1 - INTERVAL) / 2), high: end((1 + INTERVAL) / 2) }
}
