import { defineJob } from '../../../platform/declare/job.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { periodOf, spanAt } from '../fiscal-period.ts'
import { storeSnapshots } from './store-snapshots.ts'

export const takeSnapshots = defineJob({
  name: 'forecasts.takeSnapshots',
  description: 'Stores the forecast of each owner for the current month and the current quarter, every Monday.',
  schedule: '41 4 * * 1',
  async run(_, context) {
    const { calendar } = workOf(context).context.actor
    for (const months of [1, 3] as const)
      await storeSnapshots(context, periodOf(spanAt(context.today, months, calendar)))
  },
})
