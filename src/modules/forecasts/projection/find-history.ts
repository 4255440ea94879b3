import { conversionRates } from '../../../platform/data/exchange-rates.ts'
import { empty, hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { Statements } from '../figures/find-figures.ts'
import type { ForecastRequest, Readable } from '../figures/forecast-request.ts'
import { ofPeople, people } from '../figures/people-below.ts'
import type { Day, DealHistory } from './history.ts'

/** Years of closings that count. */
const YEARS = 3
/** Most deals that are read: open ones first, then those that were closed last. */
const MOST_DEALS = 20_000

type StayRow = readonly [stage: string, from: Day, amount: number | null]

interface Row extends Record<string, unknown> {
  readonly owner: string | null
  readonly family: string | null
  readonly closed: Day | null
  readonly won: boolean
  readonly amount: number | null
  readonly stays: readonly StayRow[] | null
}

/** Reads the histories of deals, as they were known at the moment of the request, by one statement. */
export async function findHistory(
  { workspaceId, query }: Statements,
  request: ForecastRequest,
  readable: Pick<Readable, 'sees'> & { readonly families: boolean; readonly timeZone: string },
): Promise<DealHistory[]> {
  const rows = await query<Row>(statement(workspaceId, request, readable))
  return rows.map(({ owner, family, closed, won, amount, stays }) => ({
    ownerId: owner,
    family,
    stays: (stays ?? []).map(([stage, from, open]) => ({ stage, from, amount: open })),
    closedOn: closed,
    isWon: won,
    closedAmount: amount,
  }))
}

/**
 * Amounts become floating-point numbers here: what is projected is an estimate, and no amount that anybody owes.
 *
 * SQL by hand, because it joins the histories with exchange rates and makes one row of each deal.
 */
function statement(
  workspaceId: string,
  request: ForecastRequest,
  { sees, families, timeZone }: Parameters<typeof findHistory>[2],
): Sql {
  const ws = hiddenFromPlanner(workspaceId)
  const { currency, ratesOn, pipelineId } = request
  const at = sql`${request.at}::timestamptz`
  const epoch = sql`date '1970-01-01'`
  const amount = (alias: Sql) =>
    sql`(select (${alias}.amount * r.weight / r.denominator)::float8 from rates r where r.currency = ${alias}.currency)`
  const family = families
    ? sql`(select p.family from opportunity_lines l
        join products p on p.workspace_id = l.workspace_id and p.id = l.product_id and ${sees('Product', sql`p`)}
        where l.workspace_id = ${ws} and l.opportunity_id = d.opportunity_id order by l.total desc, l.position limit 1)`
    : sql`null::text`
  return sql`with people(id) as materialized (${people(ws, request)}),
    rates as materialized (${conversionRates({ workspaceId: ws, to: currency, on: sql`${ratesOn}::date` })}),
    deals as materialized (
      select p.opportunity_id, p.owner_id, p.status, p.closed_on, p.amount, p.currency
      from opportunity_periods p
      join opportunities o on o.workspace_id = p.workspace_id and o.id = p.opportunity_id and ${sees('Opportunity', sql`o`)}
      where p.workspace_id = ${ws} and p.started_at <= ${at} and (p.ended_at is null or p.ended_at > ${at})
        and (p.status = 'OPEN' or p.closed_on > ${ratesOn}::date - ${365 * YEARS}::int)
        and ${ofPeople(request, sql`p.owner_id`)}
        ${pipelineId ? sql`and p.pipeline_id = ${pipelineId}::uuid` : empty}
      order by p.closed_on desc nulls first, p.opportunity_id limit ${MOST_DEALS}::int
    )
    select d.owner_id as owner, ${family} as family, d.closed_on - ${epoch} as closed, d.status = 'WON' as won,
      case when d.status = 'WON' then ${amount(sql`d`)} end as amount, stays.list as stays
    from deals d left join lateral (
      select jsonb_agg(jsonb_build_array(s.stage_id, (s.started_at at time zone ${timeZone}::text)::date - ${epoch}, ${amount(sql`s`)})
        order by s.started_at, s.id) as list
      from opportunity_periods s
      where s.workspace_id = ${ws} and s.opportunity_id = d.opportunity_id and s.status = 'OPEN' and s.started_at <= ${at}
    ) stays on true
    order by d.closed_on desc nulls first, d.opportunity_id`
}
