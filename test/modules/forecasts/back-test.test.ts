import { describe, expect, it } from 'vitest'
import { type Days, type DealHistory, stayAt, wonWithin } from '../../../src/modules/forecasts/projection/history.ts'
import { project } from '../../../src/modules/forecasts/projection/project.ts'
import { monthsOf } from '../../../src/modules/forecasts/projection/seasons.ts'
import { crmDeals, hasCrmDeals } from './crm-deals.ts'

/** A month of 2017, from 1 to 12. */
const month = (number: number): Days => ({
  from: Date.UTC(2017, number - 1, 1) / 86_400_000,
  until: Date.UTC(2017, number, 1) / 86_400_000,
})

/** Returns what was known of the deals at the beginning of a day: nothing of what happened on it or later. */
function knownAt(deals: readonly DealHistory[], day: number): DealHistory[] {
  return deals
    .map((deal) => ({ ...deal, stays: deal.stays.filter(({ from }) => from < day) }))
    .filter(({ stays }) => stays.length > 0)
    .map((deal) =>
      deal.closedOn !== null && deal.closedOn < day
        ? deal
        : { ...deal, closedOn: null, isWon: false, closedAmount: null },
    )
}

/**
 * Returns the weighted pipelines at the beginning of a month: of all open deals, and of those that would be closed by the end
 * of the month if they took as long as won deals do on average. The probability is the share of won deals so far.
 */
function weightedPipelines(deals: readonly DealHistory[], { from, until }: Days) {
  const decided = deals.filter(({ closedOn }) => closedOn !== null)
  const won = decided.filter(({ isWon }) => isWon)
  const probability = won.length / decided.length
  const cycle = won.reduce((sum, { closedOn, stays }) => sum + (closedOn ?? 0) - (stays[0]?.from ?? 0), 0) / won.length
  const weighted = (isCounted: (deal: DealHistory) => boolean) =>
    deals.reduce((sum, deal) => sum + (isCounted(deal) ? probability * (stayAt(deal, from)?.amount ?? 0) : 0), 0)
  return { all: weighted(() => true), due: weighted(({ stays }) => (stays[0]?.from ?? 0) + cycle < until) }
}

describe.skipIf(!hasCrmDeals)(
  'the last four months of a public sales data set, each from what was known on its first day',
  () => {
    it('are projected with a smaller error than that of the weighted pipeline', () => {
      const deals = hasCrmDeals ? crmDeals() : []
      const rows = [9, 10, 11, 12].map((number) => {
        const period = month(number)
        const known = knownAt(deals, period.from)
        const past = Array.from({ length: 6 }, (_, index) => month(number - 6 + index))
        const projection = project({ deals: known, months: monthsOf(1), day: period.from, period, past })
        const mean = wonWithin(known, { from: month(number - 3).from, until: period.from }) / 3
        return {
          month: `2017-${number}`,
          won: wonWithin(deals, period),
          projection,
          ...weightedPipelines(known, period),
          mean,
        }
      })
      const won = rows.reduce((sum, row) => sum + row.won, 0)
      const errorOf = (of: (row: (typeof rows)[number]) => number) =>
        rows.reduce((sum, row) => sum + Math.abs(of(row) - row.won), 0) / won
      const errors = {
        projection: errorOf(({ projection }) => projection?.expected ?? Number.NaN),
        due: errorOf(({ due }) => due),
        all: errorOf(({ all }) => all),
        mean: errorOf(({ mean }) => mean),
      }
      const percent = (share: number) => `${(share * 100).toFixed(1)} %`
      console.table(
        rows.map(({ month: name, won: actual, projection, all, due, mean }) => ({
          month: name,
          won: actual,
          projection: Math.round(projection?.expected ?? 0),
          low: Math.round(projection?.low ?? 0),
          high: Math.round(projection?.high ?? 0),
          error: percent((projection?.expected ?? 0) / actual - 1),
          'told error': percent(projection?.backTestError ?? Number.NaN),
          'weighted, due': Math.round(due),
          'its error': percent(due / actual - 1),
          'weighted, all': Math.round(all),
          'mean of 3 months': Math.round(mean),
        })),
      )
      console.log(
        `Errors: projection ${percent(errors.projection)}, weighted pipeline of deals that are due ${percent(errors.due)}, of all open deals ${percent(errors.all)}, mean of the last three months ${percent(errors.mean)}`,
      )
      expect(errors.projection).toBeLessThan(0.2)
      expect(errors.projection).toBeLessThan(Math.min(errors.due, errors.all, errors.mean))
      const within = rows.filter(
        ({ projection, won: actual }) => projection && actual >= projection.low && actual <= projection.high,
      )
      expect(within.length).toBeGreaterThanOrEqual(3)
    })

    it('are projected in the same way whatever happens later, and whatever the order of the deals is', () => {
      const deals = hasCrmDeals ? crmDeals() : []
      const period = month(11)
      const of = (histories: readonly DealHistory[]) =>
        project({ deals: histories, months: monthsOf(1), day: period.from, period, past: [month(9), month(10)] })
          ?.expected
      expect(of(deals)).toBeCloseTo(of(knownAt(deals, period.from)) ?? Number.NaN, 2)
      expect(of(deals.toReversed())).toBeCloseTo(of(deals) ?? Number.NaN, 2)
    })
  },
)
