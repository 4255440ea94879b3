/**
 * Inserts opportunities in the open stages of the default pipeline. $1 workspace, $2 salt of the workspace, $3 number of
 * opportunities, $4 number of accounts, $5 uuids of the users. See `numberRows` for the table numbered_accounts. History
 * is left out: no case reads it.
 */
export const INSERT_OPPORTUNITIES = `
  insert into opportunities (workspace_id, id, name, account_id, owner_id, pipeline_id, stage_id, amount, currency, probability,
    forecast_category, closes_on, position, created_at, updated_at, created_by_id, updated_by_id)
  select $1::uuid, pg_temp.uuid_at(m.at, 12, n.k), 'Deal ' || g, a.id, ($5::uuid[])[pg_temp.skewed(71, n.k, cardinality($5::uuid[]), 1.5)],
    s.pipeline_id, s.id, round((exp(pg_temp.fraction(72, n.k) * 8) * 100)::numeric, 2), 'EUR', s.probability, s.forecast_category,
    (m.at + make_interval(days => 30 + pg_temp.roll(73, n.k, 180)))::date, g, m.at, m.at, ($5::uuid[])[1], ($5::uuid[])[1]
  from generate_series(1, $3::int) g
  cross join lateral (select $2::bigint * 10000000 + g as k) n
  cross join lateral (select pg_temp.moment(g / $3::float8) as at) m
  join numbered_accounts a on a.i = pg_temp.skewed(74, n.k, $4::int, 2)
  join (select s.*, row_number() over (order by s.position) as number from stages s
    where s.workspace_id = $1 and s.kind = 'OPEN') s on s.number = 1 + pg_temp.roll(75, n.k, 4)`
