import { money } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'

const figure = (amount: `${string}Amount`, description: string) => money({ description, amount, currency: 'currency' })

export const forecastSnapshot = defineObject({
  model: 'ForecastSnapshot',
  prefix: 'forecastsnapshot',
  plural: 'forecastSnapshots',
  columns: {
    takenAt: { input: false },
    year: { input: false },
    quarter: { input: false },
    month: { input: false },
    count: { input: false },
  },
  relations: { owner: { object: 'User', input: false } },
  fields: {
    closed: figure('closedAmount', 'Amounts of the opportunities that were won in the period.'),
    commit: figure('commitAmount', 'Amounts of the open opportunities in the category `COMMIT`.'),
    bestCase: figure('bestCaseAmount', 'Amounts of the open opportunities in the category `BEST_CASE`.'),
    pipeline: figure('pipelineAmount', 'Amounts of the open opportunities in the category `PIPELINE`.'),
    weighted: figure('weightedAmount', 'Won amounts, and open amounts multiplied by their probability.'),
    quota: figure('quotaAmount', 'The quota of the owner; null without one.'),
    adjustment: figure('adjustmentAmount', 'Sum of the adjustments that counted.'),
  },
})
