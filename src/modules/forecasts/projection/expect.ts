import type { Days, DealHistory } from './history.ts'
import { type Model, ratesFor } from './model.ts'
import { winChance } from './win-chance.ts'

/** What is expected to be won on some days, and how far chance may take it from that. */
export interface Expectation {
  readonly mean: number
  readonly variance: number
}

/**
 * Returns what is expected to be won from the day of the model on: by the deals that are open then, and by those that
 * begin later. The deals are won independently of each other, and new ones begin at a constant rate (Poisson process).
 */
export function expectWins(model: Model, deals: readonly DealHistory[], days: Days): Expectation {
  const { day, arrivals, rates, meanWon, meanSquareWon } = model
  let [mean, variance] = [0, 0]
  const chances = new Map<string, number>()
  for (const deal of deals) {
    const found = ratesFor(model, deal)
    if (!found) continue
    const key = `${found.stay.stage} ${found.clock} ${found.factor}`
    const chance = chances.get(key) ?? winChance({ ...model, rates: found.rates }, found.clock, found.factor, day, days)
    chances.set(key, chance)
    const amount = found.stay.amount ?? meanWon
    const square = found.stay.amount === null ? meanSquareWon : amount ** 2
    mean += chance * amount
    variance += chance * square - (chance * amount) ** 2
  }
  let newWins = 0
  for (let begin = day; begin < days.until; begin++)
    newWins += arrivals * winChance({ ...model, rates }, begin, 1, begin, days)
  return { mean: mean + newWins * meanWon, variance: variance + newWins * meanSquareWon }
}
