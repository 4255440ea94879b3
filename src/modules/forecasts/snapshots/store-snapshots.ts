import { sql } from '../../../platform/data/sql.ts'
import { mustSucceed } from '../../../platform/declare/must-succeed.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { defaultCurrency } from '../figures/default-currency.ts'
import { findFigures, type OwnerFigures } from '../figures/find-figures.ts'
import type { ForecastRequest } from '../figures/forecast-request.ts'
import { daysOf, type FiscalPeriod, spanOf } from '../fiscal-period.ts'

/** Records that one call of `insertMany` takes. */
const BATCH = 1_000

/**
 * Stores the forecast of each owner for a period as it is now, and returns the uuids of the snapshots. All opportunities,
 * quotas and adjustments of the workspace count, whoever calls.
 * @param currency ISO 4217 code of the figures. Default: the default currency of the workspace.
 */
export async function storeSnapshots(
  context: PluginContext,
  period: FiscalPeriod,
  currency?: string | null,
): Promise<readonly string[]> {
  const request = await requestOf(context, period, currency)
  const statements = { workspaceId: context.transaction.workspaceId, query: context.unrestricted.query }
  const everything = { sees: () => sql`true`, quotas: true, adjustments: true }
  const { byOwner } = await findFigures(statements, request, everything)
  const records = byOwner.map((figures) => columnsOf(period, request, figures))
  const ids: string[] = []
  for (let start = 0; start < records.length; start += BATCH) {
    const written = await context.records.insertMany('ForecastSnapshot', records.slice(start, start + BATCH))
    ids.push(...mustSucceed(written).map(({ id }) => id))
  }
  return ids
}

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
