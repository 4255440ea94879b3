import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineOperation } from '../../../platform/declare/rules/operation.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { defaultCurrency } from '../figures/default-currency.ts'
import { findFigures, type OwnerFigures } from '../figures/find-figures.ts'
import type { ForecastRequest } from '../figures/forecast-request.ts'
import { daysOf, type FiscalPeriod, fiscalPeriodInput, periodProblems, spanOf } from '../fiscal-period.ts'

/** Records that one call of `insertMany` takes. */
const BATCH = 1_000

export const takeForecastSnapshot = defineOperation({
  name: 'takeForecastSnapshot',
  description:
    'Stores the forecast of each owner for a period as it is now, to compare later forecasts with it. All opportunities, quotas and adjustments of the workspace count, whoever calls, so that snapshots can be compared; who may read a snapshot is decided by its owner. Call it as often as forecasts are compared, such as every Monday.',
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
    const request = await requestOf(context, period, currency)
    const statements = { workspaceId: context.transaction.workspaceId, query: context.unrestricted.query }
    const everything = { sees: () => sql`true`, quotas: true, adjustments: true }
    const { byOwner } = await findFigures(statements, request, everything)
    const records = byOwner.map((figures) => columnsOf(period, request, figures))
    const ids: string[] = []
    for (let start = 0; start < records.length; start += BATCH) {
      const written = await context.records.insertMany('ForecastSnapshot', records.slice(start, start + BATCH))
      ids.push(...written.flatMap(({ id }) => id ?? []))
    }
    return { values: { forecastSnapshots: ids }, userErrors: [] }
  },
})

async function requestOf(
  context: PluginContext,
  period: FiscalPeriod,
  currency: string | null | undefined,
): Promise<ForecastRequest> {
  const span = spanOf(period)
  return {
    span,
    ...daysOf(span, workOf(context).context.actor.calendar),
    at: context.now,
    ownerId: null,
    teamId: null,
    pipelineId: null,
    currency: currency ?? (await defaultCurrency(context)),
    ratesOn: context.today,
  }
}

function columnsOf(
  { year, quarter = null, month = null }: FiscalPeriod,
  { at, currency }: ForecastRequest,
  { owner, count, ...amounts }: OwnerFigures,
) {
  return {
    ownerId: owner,
    takenAt: at,
    year,
    quarter,
    month,
    currency,
    count,
    closedAmount: amounts.closed,
    commitAmount: amounts.commit,
    bestCaseAmount: amounts.bestCase,
    pipelineAmount: amounts.pipeline,
    weightedAmount: amounts.weighted,
    quotaAmount: amounts.quota,
    adjustmentAmount: amounts.adjustment ?? '0',
  }
}
