import { longText } from '../../../platform/declare/objects/column-input.ts'
import { money } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { periodColumns } from './period-columns.ts'

export const forecastAdjustment = defineObject({
  model: 'ForecastAdjustment',
  prefix: 'forecastadjustment',
  plural: 'forecastAdjustments',
  columns: {
    ...periodColumns,
    category: {},
    reason: { input: longText.min(1, 'Say why the forecast is adjusted.'), order: false },
    withdrawnAt: { input: false },
  },
  relations: { owner: { object: 'User', hasRuleDefault: true } },
  fields: {
    amount: money({
      description: 'What is added to the forecast, or taken off it when negative.',
      amount: 'amountAmount',
      currency: 'amountCurrency',
    }),
  },
  writes: ['create'],
})
