import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { fiscalPeriodInput, periodProblems } from '../fiscal-period.ts'
import { storeSnapshots } from './store-snapshots.ts'

export const takeForecastSnapshot = defineOperation({
  name: 'takeForecastSnapshot',
  description:
    'Stores the forecast of each owner for a period as it is now, to compare later forecasts with it. All opportunities, quotas and adjustments of the workspace count, whoever calls, so that snapshots can be compared; who may read a snapshot is decided by its owner. A job does the same every Monday for the current month and quarter.',
  permission: 'forecastSnapshot:create',
  input: {
    period: {
      type: fiscalPeriodInput,
      isRequired: true,
      description: 'Month, quarter or year of which the forecast is stored.',
    },
    currency: {
      type: 'CurrencyCode',
      description: 'Currency of the figures. Default: the default currency of the workspace.',
    },
  },
  payload: {
    forecastSnapshots: {
      type: 'ForecastSnapshot',
      isList: true,
      description:
        'The snapshots that the caller may see, one for each owner with opportunities, a quota or adjustments.',
    },
  },
  cost: 100,
  async run({ period, currency }, context) {
    const problems = periodProblems(period)
    if (problems.length > 0)
      return {
        values: {},
        userErrors: problems.map(({ field, message }) => invalid(['input', 'period', field], message)),
      }
    const ids = await storeSnapshots(context, period, currency)
    return { values: { forecastSnapshots: ids }, userErrors: [] }
  },
})
