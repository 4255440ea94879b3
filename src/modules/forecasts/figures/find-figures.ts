import type { Sql } from '../../../platform/data/sql.ts'
import { markPassThrough } from '../../../platform/declare/pass-through-error.ts'
import { codedError } from '../../../platform/errors.ts'
import type { ForecastRequest, Readable } from './forecast-request.ts'
import { forecastStatement } from './forecast-statement.ts'

/** Amounts as texts, in the currency of the request; null where the forecast may not read them, or has none. */
export interface Figures {
  readonly count: number
  readonly closed: string
  readonly commit: string
  readonly bestCase: string
  readonly pipeline: string
  readonly weighted: string
  readonly quota: string | null
  readonly adjustment: string | null
}

export interface OwnerFigures extends Figures {
  /** uuid; null for deals without an owner. */
  readonly owner: string | null
}

interface Row extends OwnerFigures, Record<string, unknown> {
  readonly isTotal: boolean
  readonly teamQuota: string | null
  readonly missingRate: string | null
}

/** Where statements are sent: the transaction of a context, with the id of its workspace. */
export interface Statements {
  readonly workspaceId: string
  query<Result extends Record<string, unknown>>(statement: Sql): Promise<Result[]>
}

/**
 * Computes a forecast, by one statement.
 * @throws GraphQLError NO_EXCHANGE_RATE when an amount can't be converted to the currency of the request.
 */
export async function findFigures(
  { workspaceId, query }: Statements,
  request: ForecastRequest,
  readable: Readable,
): Promise<{ readonly total: Figures; readonly byOwner: readonly OwnerFigures[] }> {
  const [total, ...owners] = await query<Row>(forecastStatement(workspaceId, request, readable))
  if (!total) throw new Error('The statement of a forecast always returns a total.')
  if (total.missingRate) throw noRate(total.missingRate, request)
  const figures = (row: Row): Figures => ({ ...row, adjustment: readable.adjustments ? row.adjustment : null })
  return {
    total: { ...figures(total), quota: total.teamQuota ?? total.quota },
    // The quota of a team has no owner: without deals there is nothing to show for nobody.
    byOwner: owners
      .filter(({ owner, count }) => owner !== null || count > 0)
      .map((row) => ({ ...figures(row), owner: row.owner })),
  }
}

function noRate(currency: string, { currency: to, ratesOn }: ForecastRequest): unknown {
  return markPassThrough(
    codedError(
      'NO_EXCHANGE_RATE',
      `The forecast has amounts in ${currency}, and there is no exchange rate between ${currency} and ${to} on ${ratesOn} or before. Create one, or ask for the forecast in another currency.`,
      { currency, convertTo: to, on: ratesOn },
    ),
  )
}
