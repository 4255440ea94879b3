import { intervalOf, nextBound } from './ages.ts'
import type { Day, Days } from './history.ts'
import type { Observation, Outcome, Rates, SeasonFactors } from './life-table.ts'
import type { Seasons } from './seasons.ts'

interface Seasonal {
  readonly factors: SeasonFactors
  readonly seasons: Seasons
}

/** Returns the outcomes that the rates expect in a time under observation. */
export function expectedOutcomes(
  { rates, factors, seasons }: Seasonal & { readonly rates: Rates },
  { clock, from, until, outcome: end }: Observation,
  outcome: Outcome,
): number {
  let expected = 0
  const last = end === null ? until : until + 1
  for (let day = from; day < last; ) {
    const next = Math.min(last, clock + nextBound(day - clock), seasons.next(day))
    expected += (next - day) * (rates[outcome][intervalOf(day - clock)] ?? 0) * (factors[outcome][seasons.of(day)] ?? 1)
    day = next
  }
  return expected
}

/**
 * Returns the chance that a deal that is open at the beginning of `day` is won on one of `days`: the cumulative
 * incidence of two competing outcomes, with rates that are constant between the steps of age and season.
 *
 * Source: O. O. Aalen and S. Johansen, An empirical transition matrix for non-homogeneous Markov chains based on censored
 * observations, Scandinavian Journal of Statistics 5 (1978) 141–150.
 * @param clock Day on which the age of the deal began to count.
 * @param factor By how much more frequently the deal is won than others.
 */
export function winChance(
  { rates, factors, seasons }: Seasonal & { readonly rates: Rates },
  clock: Day,
  factor: number,
  day: Day,
  { from, until }: Days,
): number {
  let [isOpen, chance] = [1, 0]
  for (let start = day; start < until; ) {
    const bounds = [until, clock + nextBound(start - clock), seasons.next(start), ...(start < from ? [from] : [])]
    const next = Math.min(...bounds)
    const age = intervalOf(start - clock)
    const season = seasons.of(start)
    const won = factor * (rates.won[age] ?? 0) * (factors.won[season] ?? 1)
    const all = won + (rates.lost[age] ?? 0) * (factors.lost[season] ?? 1)
    const decided = isOpen * -Math.expm1(-all * (next - start))
    if (start >= from && all > 0) chance += (decided * won) / all
    isOpen -= decided
    start = next
  }
  return chance
}
