import { definePlugin } from '../../platform/declare/plugin.ts'
import { forecast } from './figures/forecast.ts'
import { forecastAdjustment } from './records/adjustment.ts'
import { adjustmentFits, withdrawForecastAdjustment } from './records/adjustment-rules.ts'
import { quota } from './records/quota.ts'
import { quotaFits } from './records/quota-rules.ts'
import { forecastSnapshot } from './snapshots/snapshot.ts'
import { takeForecastSnapshot } from './snapshots/take-snapshot.ts'
import { takeSnapshots } from './snapshots/weekly-snapshots.ts'

export const forecasts = definePlugin({
  id: 'forecasts',
  description:
    'What is won in a period and what may be: quotas, adjustments, forecasts of any past moment, projections.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [quota, forecastAdjustment, forecastSnapshot],
  rules: [quotaFits, adjustmentFits],
  acts: [withdrawForecastAdjustment],
  operations: [takeForecastSnapshot],
  queries: [forecast],
  jobs: [takeSnapshots],
})

export { shifted, spanAt } from './fiscal-period.ts'
