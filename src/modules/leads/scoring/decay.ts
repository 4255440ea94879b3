import { type Sql, sql } from '../../../platform/data/sql.ts'

/**
 * Returns SQL for the points that are left of a scoring rule: exponential decay by half-life,
 * `points × 0.5 ^ (days / halfLifeDays)`, rounded half away from zero. `days` is the number of whole days since the lead met the
 * rule first. Without a half-life the points stay.
 * @param rule Alias of a row of `lead_scoring_rules`.
 * @param matchedAt When the lead met the rule first.
 */
export function decayedPoints(rule: Sql, matchedAt: Sql, now: Date): Sql {
  const days = sql`greatest(0, floor(extract(epoch from ${now}::timestamptz - ${matchedAt}) / 86400))::float8`
  // numeric, because PostgreSQL rounds halves of float8 to the even number.
  return sql`case when ${rule}.half_life_days is null then ${rule}.points
    else round((${rule}.points * power(0.5::float8, ${days} / ${rule}.half_life_days))::numeric)::int end`
}
