/** A day as a number: days since 1970-01-01. */
export type Day = number

/** A stretch of time in which a deal was open, in one stage, with one amount. */
interface Stay {
  readonly stage: string
  readonly from: Day
  /** Amount in the currency of the projection; null when the deal had none. */
  readonly amount: number | null
}

/** What happened to a deal, and when. Days are those of the workspace. */
export interface DealHistory {
  readonly ownerId: string | null
  /** Product family; null when the deal has no product with one. */
  readonly family: string | null
  /** The first one first. A deal that was entered when it was already closed has none. */
  readonly stays: readonly Stay[]
  /** Day on which the deal was won or lost; null while it is open. */
  readonly closedOn: Day | null
  readonly isWon: boolean
  /** Amount with which the deal was closed, in the currency of the projection. */
  readonly closedAmount: number | null
}

/** Days between the first one and the one after the last one. */
export interface Days {
  readonly from: Day
  readonly until: Day
}

/** Returns the stay of a deal that is open at the beginning of a day; null for a deal that is closed, or not there yet. */
export function stayAt({ stays, closedOn }: DealHistory, day: Day): Stay | null {
  if (closedOn !== null && closedOn < day) return null
  return stays.findLast(({ from }) => from < day) ?? null
}

/** Returns the day on which a deal entered the stage in which it is at the beginning of a day, and was since then. */
export function enteredStageOn({ stays }: DealHistory, stay: Stay): Day {
  const index = stays.indexOf(stay)
  const before = stays.slice(0, index).findLastIndex(({ stage }) => stage !== stay.stage)
  return stays[before + 1]?.from ?? stay.from
}

/** Returns the sum of the amounts of deals that were won on some days. */
export function wonWithin(deals: readonly DealHistory[], { from, until }: Days): number {
  return deals.reduce(
    (sum, { isWon, closedOn, closedAmount }) =>
      isWon && closedOn !== null && closedOn >= from && closedOn < until ? sum + (closedAmount ?? 0) : sum,
    0,
  )
}
