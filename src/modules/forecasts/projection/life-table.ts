import { AGES, intervalOf, nextBound } from './ages.ts'
import type { Day } from './history.ts'
import type { Seasons } from './seasons.ts'
import { type Group, shrunkFactors } from './shrinkage.ts'

/** How a deal is decided. */
export type Outcome = 'won' | 'lost'

/** A time under observation, from the day on which a clock began, and the outcome at its end, if there is one. */
export interface Observation {
  readonly clock: Day
  readonly from: Day
  readonly until: Day
  readonly outcome: Outcome | null
}

interface Cell {
  days: number
  won: number
  lost: number
}

/** Days under observation and outcomes, by age and season. */
export type Cells = Cell[][]

export function emptyCells(seasons: Seasons): Cells {
  return Array.from({ length: AGES }, () => Array.from({ length: seasons.count }, () => ({ days: 0, won: 0, lost: 0 })))
}

/** Adds an observation to each of the tables. A day with an outcome counts as observed. */
export function observe(tables: readonly Cells[], seasons: Seasons, observation: Observation): void {
  const { clock, until, outcome } = observation
  const end = outcome === null ? until : until + 1
  for (let day = observation.from; day < end; ) {
    const next = Math.min(end, clock + nextBound(day - clock), seasons.next(day))
    for (const cells of tables) {
      const cell = cells[intervalOf(day - clock)]?.[seasons.of(day)]
      if (cell) cell.days += next - day
    }
    day = next
  }
  if (outcome === null) return
  for (const cells of tables) {
    const cell = cells[intervalOf(until - clock)]?.[seasons.of(until)]
    if (cell) cell[outcome] += 1
  }
}

/** Outcomes a day by age, for deals of the mean of all seasons. */
export type Rates = Readonly<Record<Outcome, readonly number[]>>
/** By how much more or less frequent outcomes are in each season. */
export type SeasonFactors = Readonly<Record<Outcome, readonly number[]>>

/** Days under observation that the rates of the prior are worth. */
const PRIOR_DAYS = 100

/**
 * Returns the rates of a table: outcomes per day under observation, in each interval of age (piecewise exponential
 * model). Rates of few observations are shrunk to those of `prior`, as if it had been observed for `PRIOR_DAYS` more.
 */
export function ratesOf(cells: Cells, factors: SeasonFactors, prior: Rates | null): Rates {
  const rates = (outcome: Outcome) => {
    const totals = cells.map((row) => ({
      events: row.reduce((sum, cell) => sum + cell[outcome], 0),
      days: row.reduce((sum, cell, season) => sum + cell.days * (factors[outcome][season] ?? 1), 0),
    }))
    const all = totals.reduce((sum, { events, days }) => ({ events: sum.events + events, days: sum.days + days }))
    const level = all.days > 0 ? all.events / all.days : 0
    return totals.map(({ events, days }, age) => {
      const expected = prior?.[outcome][age] ?? level
      return (events + PRIOR_DAYS * expected) / (days + PRIOR_DAYS)
    })
  }
  return { won: rates('won'), lost: rates('lost') }
}

/** Returns by how much outcomes are more or less frequent in each season than the rates say, shrunk to the mean. */
export function seasonFactors(cells: Cells, rates: Rates, seasons: Seasons): SeasonFactors {
  const factors = (outcome: Outcome) => {
    const groups = new Map<number, Group>()
    for (let season = 0; season < seasons.count; season++) {
      let [observed, expected] = [0, 0]
      for (const [age, row] of cells.entries()) {
        observed += row[season]?.[outcome] ?? 0
        expected += (row[season]?.days ?? 0) * (rates[outcome][age] ?? 0)
      }
      groups.set(season, { observed, expected })
    }
    const shrunk = shrunkFactors(groups)
    return Array.from({ length: seasons.count }, (_, season) => shrunk.get(season) ?? 1)
  }
  return { won: factors('won'), lost: factors('lost') }
}

export const NO_SEASONS: SeasonFactors = { won: [], lost: [] }
