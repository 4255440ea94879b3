import { conversionRates, roundedTo } from '../../../platform/data/exchange-rates.ts'
import { empty, hiddenFromPlanner, type Sql, sql } from '../../../platform/data/sql.ts'
import type { ForecastRequest, Readable } from './forecast-request.ts'
import { ofPeople, people } from './people-below.ts'

/**
 * Returns the one statement of a forecast. Each row has the figures of an owner, or of all of them together
 * (`isTotal`). Amounts are added up exactly, and rounded once to the minor units of the currency, halves away from
 * zero. So a total can differ by a minor unit from the sum of the rounded figures of the owners, where amounts are
 * converted or have more decimal places.
 *
 * SQL by hand, because it joins sets of rows, rolls them up (`grouping sets`) and converts between currencies.
 */
export function forecastStatement(workspaceId: string, request: ForecastRequest, readable: Readable): Sql {
  // hiddenFromPlanner: PostgreSQL's statistics do not contain a new workspace yet.
  const ws = hiddenFromPlanner(workspaceId)
  const { currency, ratesOn } = request
  const rates = conversionRates({ workspaceId: ws, to: currency, on: sql`${ratesOn}::date` })
  const denominator = sql`coalesce(max(r.denominator), 1)`
  const sum = (condition: Sql, amount = sql`e.amount`) =>
    roundedTo(currency, sql`coalesce(sum(${amount} * r.weight) filter (where ${condition}), 0)`, denominator)
  const money = (condition: Sql) => sql`(${sum(condition)})::text`
  const weighted = sum(sql`true`, sql`e.weighted`)
  const bucket = (name: string) => sql`e.bucket = ${name}::text`
  return sql`with people(id) as materialized (${people(ws, request)}),
    rates as materialized (${rates}),
    entries(owner_id, team_id, bucket, amount, weighted, currency) as (
      ${deals(ws, request, readable)}
      ${readable.quotas ? sql`union all ${quotas(ws, request, readable)}` : empty}
      ${readable.adjustments ? sql`union all ${adjustments(ws, request, readable)}` : empty}
    )
    select e.owner_id as owner, grouping(e.owner_id) = 1 as "isTotal",
      count(*) filter (where e.bucket in ('CLOSED', 'COMMIT', 'BEST_CASE', 'PIPELINE'))::int as count,
      ${money(bucket('CLOSED'))} as closed, ${money(bucket('COMMIT'))} as commit, ${money(bucket('BEST_CASE'))} as "bestCase",
      ${money(bucket('PIPELINE'))} as pipeline, (${weighted})::text as weighted,
      case when count(*) filter (where ${bucket('QUOTA')}) > 0 then ${money(bucket('QUOTA'))} end as quota,
      case when count(*) filter (where ${bucket('TEAM_QUOTA')}) > 0 then ${money(bucket('TEAM_QUOTA'))} end as "teamQuota",
      ${money(bucket('ADJUSTMENT'))} as adjustment,
      min(e.currency) filter (where r.weight is null and e.amount is not null) as "missingRate"
    from entries e left join rates r on r.currency = e.currency
    group by grouping sets ((e.owner_id), ()) order by "isTotal" desc, ${weighted} desc, e.owner_id`
}

/** Open deals that are expected to be closed in the period, and deals won in it, as they were at the moment. */
function deals(ws: Sql, request: ForecastRequest, { sees }: Readable): Sql {
  const { from, until, at, pipelineId } = request
  const within = (day: Sql) => sql`(${day} >= ${from}::date and ${day} < ${until}::date)`
  return sql`select p.owner_id, null::uuid, case when p.status = 'WON' then 'CLOSED' else p.forecast_category::text end,
      p.amount, p.weighted_amount, p.currency::text
    from opportunity_periods p
    join opportunities o on o.workspace_id = p.workspace_id and o.id = p.opportunity_id and ${sees('Opportunity', sql`o`)}
    where p.workspace_id = ${ws} and p.started_at <= ${at}::timestamptz and (p.ended_at is null or p.ended_at > ${at}::timestamptz)
      and p.forecast_category <> 'OMITTED'
      and (p.status = 'OPEN' and ${within(sql`p.closes_on`)} or p.status = 'WON' and ${within(sql`p.closed_on`)})
      and ${ofPeople(request, sql`p.owner_id`)}
      ${pipelineId ? sql`and p.pipeline_id = ${pipelineId}::uuid` : empty}`
}

/**
 * The quotas of each user and team for the period. Where there is none for the period itself, those of its quarters
 * count, or else those of its months.
 */
function quotas(ws: Sql, request: ForecastRequest, { sees }: Readable): Sql {
  const { teamId } = request
  const inTeam = teamId ? sql`q.team_id = ${teamId}::uuid` : sql`false`
  return sql`select owner_id, team_id, case when team_id is null then 'QUOTA' else 'TEAM_QUOTA' end, amount, null::numeric, currency
    from (select q.owner_id, q.team_id, q.amount, q.currency::text as currency, q.months,
        max(q.months) over (partition by q.owner_id, q.team_id) as longest
      from quotas q
      where q.workspace_id = ${ws} and q.deleted_at is null and ${sees('Quota', sql`q`)} and ${within(request, sql`q`)}
        and (q.team_id is null and ${ofPeople(request, sql`q.owner_id`)} or ${inTeam})) q
    where months = longest`
}

/** The adjustments that counted at the moment, for the period and for periods within it. */
function adjustments(ws: Sql, request: ForecastRequest, { sees }: Readable): Sql {
  const at = sql`${request.at}::timestamptz`
  return sql`select a.owner_id, null::uuid, 'ADJUSTMENT', a.amount, null::numeric, a.currency::text
    from forecast_adjustments a
    where a.workspace_id = ${ws} and ${sees('ForecastAdjustment', sql`a`)} and ${within(request, sql`a`)}
      and a.created_at <= ${at} and (a.withdrawn_at is null or a.withdrawn_at > ${at})
      and ${ofPeople(request, sql`a.owner_id`)}`
}

/** Condition that the period of a row lies within the period of the forecast. */
function within({ span: { firstMonth, months } }: ForecastRequest, alias: Sql): Sql {
  return sql`(${alias}.first_month >= ${firstMonth}::int and ${alias}.first_month + ${alias}.months <= ${firstMonth + months}::int)`
}
