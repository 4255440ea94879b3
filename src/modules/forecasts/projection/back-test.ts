import { sum } from 'simple-statistics'
import { type Expectation, expectWins } from './expect.ts'
import { type Days, type DealHistory, wonWithin } from './history.ts'
import { fitModel, type Model } from './model.ts'
import type { Months } from './seasons.ts'

/** Decided deals without which nothing is projected: fewer say too little of how deals are won. */
export const DECIDED_DEALS = 30
/** Days of history without which nothing is projected. */
export const HISTORY_DAYS = 84

/** A period that is over: what would have been expected at its beginning, and what was won. */
export interface Trial extends Days {
  readonly expectation: Expectation
  readonly actual: number
  /** The expectation, calibrated by the trials before it. */
  readonly expected: number
}

/** Whether a history is long enough to project from. */
export function isEnough({ decided, day, since }: Pick<Model, 'decided' | 'day' | 'since'>): boolean {
  return decided >= DECIDED_DEALS && day - since >= HISTORY_DAYS
}

/**
 * Repeats the projection for periods that are over, each from what was known at its beginning (rolling origin). Periods
 * for which too little was known are left out.
 *
 * Source: L. J. Tashman, Out-of-sample tests of forecasting accuracy, International Journal of Forecasting 16 (2000)
 * 437–450.
 * @param periods The first one first.
 */
export function trials(deals: readonly DealHistory[], months: Months, periods: readonly Days[]): Trial[] {
  const tried: Trial[] = []
  for (const days of periods) {
    const model = fitModel(deals, days.from, months)
    if (!isEnough(model)) continue
    const expectation = expectWins(model, deals, days)
    const expected = calibration(tried) * expectation.mean
    tried.push({ ...days, expectation, actual: wonWithin(deals, days), expected })
  }
  return tried
}

/**
 * Returns the factor by which expectations are multiplied, so that they are neither too high nor too low on the whole:
 * what was won in past periods, divided by what had been expected. It is shrunk to 1 as if one more period had turned
 * out as expected.
 */
export function calibration(past: readonly Trial[]): number {
  if (past.length === 0) return 1
  const expected = sum(past.map(({ expectation }) => expectation.mean))
  const prior = expected / past.length
  return expected > 0 ? (sum(past.map(({ actual }) => actual)) + prior) / (expected + prior) : 1
}

/** What past periods say of the errors of projections. */
export interface Errors {
  /** Sum of the absolute errors divided by the sum of what was won; null without a period. */
  readonly error: number | null
  /** How many times greater the squares of the errors are than chance alone makes them; at least 1. */
  readonly dispersion: number
}

/** Trials that only calibrate those after them, where there are more. */
const CALIBRATING = 2

/** Returns the errors of past periods, each calibrated by the periods before it only. */
export function errorsOf(past: readonly Trial[]): Errors {
  const judged = past.slice(past.length > CALIBRATING ? CALIBRATING : 0)
  const won = sum(judged.map(({ actual }) => actual))
  const spread = judged.flatMap(({ actual, expected, expectation: { mean, variance } }) =>
    variance > 0 && mean > 0 ? [(actual - expected) ** 2 / (variance * (expected / mean) ** 2)] : [],
  )
  return {
    error: won > 0 ? sum(judged.map(({ actual, expected }) => Math.abs(actual - expected))) / won : null,
    dispersion: spread.length > 0 ? Math.max(1, sum(spread) / spread.length) : 1,
  }
}
