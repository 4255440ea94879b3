import { defineAct } from '../../../platform/declare/rules/act.ts'
import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { periodErrors } from './period-columns.ts'

/** Categories whose amounts people judge. Those of closed deals are facts, and omitted deals are in no forecast. */
const ADJUSTED: ReadonlySet<string> = new Set(['COMMIT', 'BEST_CASE', 'PIPELINE'])

export const adjustmentFits = defineRule({
  name: 'forecasts.adjustmentFits',
  description:
    'An adjustment is for a year, a quarter or a month, and for one of the categories COMMIT, BEST_CASE and PIPELINE. Default of the owner: the caller.',
  object: 'ForecastAdjustment',
  on: ['create'],
  // Administrators can't disable the rule: the database refuses such an adjustment anyway.
  isIntegral: true,
  before({ values: { year = 0, quarter, month, category = 'COMMIT', ownerId } }, { actor }): RuleResult {
    return {
      patch: ownerId === undefined && actor.kind === 'USER' ? { ownerId: actor.id } : {},
      refusals: [
        ...periodErrors({ year, quarter, month }),
        ...(ADJUSTED.has(category) ? [] : [invalid(['input', 'category'], 'COMMIT, BEST_CASE or PIPELINE.')]),
      ],
    }
  },
})

export const withdrawForecastAdjustment = defineAct({
  name: 'withdrawForecastAdjustment',
  description:
    'Withdraws an adjustment: it counts no longer. Forecasts of moments at which it was valid still have it.',
  object: 'ForecastAdjustment',
  apply: ({ withdrawnAt }, { now }) =>
    withdrawnAt === null
      ? { patch: { withdrawnAt: now } }
      : { refusals: [ruleViolation('forecasts.withdrawn', ['input', 'id'], 'The adjustment is already withdrawn.')] },
})
