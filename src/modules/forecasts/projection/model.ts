import { type Day, type DealHistory, enteredStageOn, stayAt } from './history.ts'
import {
  type Cells,
  emptyCells,
  NO_SEASONS,
  type Observation,
  observe,
  type Rates,
  ratesOf,
  type SeasonFactors,
  seasonFactors,
} from './life-table.ts'
import { type Months, type Seasons, seasonsOf } from './seasons.ts'
import { type Group, shrunkFactors } from './shrinkage.ts'
import { expectedOutcomes } from './win-chance.ts'

/** Days of history that count: more would describe how deals were won long ago. */
const MEMORY_DAYS = 3 * 365
/** Days of which the new deals tell how many begin on a day. */
const ARRIVAL_DAYS = 91

/** What a history says of how deals are won, as it was known at the beginning of a day. */
export interface Model {
  readonly day: Day
  readonly seasons: Seasons
  /** Outcomes a day by the age of the deal. */
  readonly rates: Rates
  /** Outcomes a day by the time since the deal entered a stage. */
  readonly stageRates: ReadonlyMap<string, Rates>
  readonly factors: SeasonFactors
  readonly owners: ReadonlyMap<string | null, number>
  readonly families: ReadonlyMap<string | null, number>
  /** Deals that begin on a day. */
  readonly arrivals: number
  /** Mean amount of won deals, and mean of its square. */
  readonly meanWon: number
  readonly meanSquareWon: number
  /** Number of deals that were decided. */
  readonly decided: number
  /** First day with an observation. */
  readonly since: Day
}

/** Fits the model to what was known of the deals at the beginning of a day. */
export function fitModel(deals: readonly DealHistory[], day: Day, months: Months): Model {
  const closed = deals.filter(({ closedOn, stays }) => closedOn !== null && closedOn < day && stays.length > 0)
  // Before the first closing nothing was recorded but beginnings: such days would look like days without outcomes.
  const first = closed.reduce((earliest, { closedOn }) => Math.min(earliest, closedOn ?? day), day)
  const since = Math.max(first, day - MEMORY_DAYS)
  const seasons = seasonsOf(months, { from: since, until: day })
  const cells = emptyCells(seasons)
  const stageCells = new Map<string, Cells>()
  const ages: [DealHistory, Observation][] = []
  for (const deal of deals) {
    for (const [index, { clock, stage, ...rest }] of observations(deal, day, since).entries()) {
      const table = stageCells.get(stage) ?? emptyCells(seasons)
      stageCells.set(stage, table)
      observe(index === 0 ? [cells, table] : [table], seasons, { clock, ...rest })
      if (index === 0) ages.push([deal, { clock, ...rest }])
    }
  }
  // The seasons say by how much outcomes differ from the rates, and the rates leave out what the seasons explain.
  const factors = seasonFactors(cells, ratesOf(cells, NO_SEASONS, null), seasons)
  const rates = ratesOf(cells, factors, null)
  const won = closed.filter(({ isWon, closedOn }) => isWon && (closedOn ?? 0) >= since)
  const amounts = won.map(({ closedAmount }) => closedAmount ?? 0)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1)
  const wins = (keyOf: (deal: DealHistory) => string | null) =>
    shrunkFactors(winsBy(keyOf, ages, { rates, factors, seasons }))
  return {
    day,
    seasons,
    rates,
    stageRates: new Map([...stageCells].map(([stage, table]) => [stage, ratesOf(table, factors, rates)])),
    factors,
    owners: wins(({ ownerId }) => ownerId),
    families: wins(({ family }) => family),
    arrivals: arrivalsADay(deals, day),
    meanWon: mean(amounts),
    meanSquareWon: mean(amounts.map((amount) => amount ** 2)),
    decided: closed.filter(({ closedOn }) => (closedOn ?? 0) >= since).length,
    since,
  }
}

/**
 * Returns what is observed of a deal before a day: one observation for each stage that it entered, from then on to its
 * outcome, whatever stages it passes. The first one is that of its whole age.
 */
function observations(deal: DealHistory, day: Day, since: Day): readonly (Observation & { readonly stage: string })[] {
  const { stays, closedOn, isWon } = deal
  const isClosed = closedOn !== null && closedOn < day
  const until = isClosed ? closedOn : day
  return stays.flatMap(({ stage, from }, index) =>
    from >= day || stays[index - 1]?.stage === stage || until < since || from > until
      ? []
      : [
          {
            stage,
            clock: from,
            from: Math.max(from, since),
            until,
            outcome: isClosed ? (isWon ? 'won' : 'lost') : null,
          } as const,
        ],
  )
}

/** Counts the deals that were won, and those that would have been by the rates of all deals, for each key. */
function winsBy(
  keyOf: (deal: DealHistory) => string | null,
  ages: readonly (readonly [DealHistory, Observation])[],
  model: Pick<Model, 'rates' | 'factors' | 'seasons'>,
): ReadonlyMap<string | null, Group> {
  const groups = new Map<string | null, { observed: number; expected: number }>()
  for (const [deal, observation] of ages) {
    const key = keyOf(deal)
    const group = groups.get(key) ?? { observed: 0, expected: 0 }
    groups.set(key, group)
    group.expected += expectedOutcomes(model, observation, 'won')
    if (observation.outcome === 'won') group.observed++
  }
  return groups
}

function arrivalsADay(deals: readonly DealHistory[], day: Day): number {
  const first = deals.reduce((earliest, { stays: [stay] }) => Math.min(earliest, stay?.from ?? day), day)
  const from = Math.max(first, day - ARRIVAL_DAYS)
  const count = deals.filter(({ stays: [stay] }) => stay && stay.from >= from && stay.from < day).length
  return count / Math.max(day - from, 1)
}

/** Returns the rates and factors by which an open deal is won, and the day on which its clock began; null when it is not open. */
export function ratesFor(model: Model, deal: DealHistory) {
  const stay = stayAt(deal, model.day)
  if (!stay) return null
  return {
    stay,
    clock: enteredStageOn(deal, stay),
    rates: model.stageRates.get(stay.stage) ?? model.rates,
    factor: (model.owners.get(deal.ownerId) ?? 1) * (model.families.get(deal.family) ?? 1),
  }
}
