import { minorDigits } from '../formats/currency.ts'
import { raw, type Sql, sql } from './sql.ts'

/** What amounts of money are converted to. */
export interface Conversion {
  /** SQL of the id of the workspace whose exchange rates are used, a `uuid`. */
  readonly workspaceId: Sql
  /** ISO 4217 code of the currency that the amounts are converted to. */
  readonly to: string
  /** SQL of the day whose rates are used, a `date`. */
  readonly on: Sql
}

/**
 * Returns a query with one row for each currency that can be converted, with the columns
 * - `currency`: its code;
 * - `weight`, `denominator`: whole numbers. An amount in the currency is worth `amount * weight / denominator`. The
 *   denominator is the same in all rows, so that amounts in several currencies are added up exactly, and divided once;
 * - `rate_ids`: the ids of the exchange rates that the weight was computed from.
 *
 * The rate of two currencies is the latest at or before the day. Both have to be quoted for one base currency, or one of
 * them is the base. Of several such bases it is the one whose older rate of the two is the newest; among equals the first
 * by alphabet.
 *
 * Where neither the workspace nor the day depends on a row of the statement, PostgreSQL evaluates the query once.
 */
export function conversionRates({ workspaceId, to, on }: Conversion): Sql {
  const stored = (alias: string) =>
    sql`exchange_rates ${raw(alias)} where ${raw(alias)}.workspace_id = ${workspaceId} and ${raw(alias)}.deleted_at is null`
  // The first query steps from pair to pair in the unique index, because the table holds years of rates of few pairs.
  // The day is bound first, because names in its SQL could be those of tables in the other queries.
  return sql`with recursive asked(day) as (
    select ${on}
  ), pairs(base, currency) as (
    (select p.base_currency, p.currency from ${stored('p')} order by p.base_currency, p.currency limit 1)
    union all
    select next.base_currency, next.currency from pairs cross join lateral (
      select p.base_currency, p.currency from ${stored('p')}
        and (p.base_currency, p.currency) > (pairs.base, pairs.currency)
      order by p.base_currency, p.currency limit 1
    ) next
  ), quotes(base, currency, rate, valid_from, id) as materialized (
    select pairs.base, pairs.currency, latest.rate, latest.valid_from, latest.id from pairs cross join lateral (
      select r.rate, r.valid_from, r.id from ${stored('r')}
        and r.base_currency = pairs.base and r.currency = pairs.currency and r.valid_from <= (select day from asked)
      order by r.valid_from desc limit 1
    ) latest
    union all
    select distinct pairs.base, pairs.base, 1::numeric, 'infinity'::date, null::uuid from pairs
  ), chosen(currency, numerator, denominator, rate_ids) as (
    select distinct on (source.currency) source.currency::text, target.rate, source.rate, array[source.id, target.id]
    from quotes source join quotes target on target.base = source.base
    where target.currency = ${to}::text and source.currency <> ${to}::text
    order by source.currency, least(source.valid_from, target.valid_from) desc, source.base
  ), whole(currency, numerator, denominator, rate_ids) as (
    select currency, trim_scale(numerator * ${WHOLE}), trim_scale(denominator * ${WHOLE}), rate_ids from chosen
    union all
    select ${to}::text, 1, 1, array[]::uuid[]
  ), fractions(currency, numerator, denominator, rate_ids) as materialized (
    select currency, div(numerator, gcd(numerator, denominator)), div(denominator, gcd(numerator, denominator)), rate_ids
    from whole
  )
  select currency, numerator * div(common.denominator, fractions.denominator) as weight, common.denominator, rate_ids
  from fractions cross join (select rapport_lcm(denominator) as denominator from fractions) common`
}

/** A rate times this number is a whole number: rates have 12 decimal places at most. */
const WHOLE = raw('1000000000000')

/**
 * Returns SQL of `numerator / denominator`, rounded once to the minor units of a currency, halves away from zero.
 * @param denominator SQL of a number greater than 0
 */
export function roundedTo(currency: string, numerator: Sql, denominator: Sql): Sql {
  const digits = minorDigits(currency)
  const unit = raw(digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`)
  const scale = raw(`1${'0'.repeat(digits)}`)
  // `/` rounds to a number of places that depends on its operands. `div` is exact: it cuts the fraction off.
  return sql`sign(${numerator}) * div(2 * abs(${numerator}) * ${scale} + ${denominator}, 2 * ${denominator}) * ${unit}`
}

/**
 * Returns a query with one row and the columns `amount` and `currency`: the exact sum of converted amounts, rounded once.
 * The amount is null when there are no amounts, and when a currency has no rate at the day.
 * @param amounts SQL of a query with the columns `amount` (`numeric`) and `currency`
 */
export function convertedSum(amounts: Sql, conversion: Conversion): Sql {
  const { to } = conversion
  const sum = roundedTo(to, sql`sum(source.amount * rates.weight)`, sql`max(rates.denominator)`)
  return sql`select case when not bool_or(source.amount is not null and rates.weight is null) then ${sum} end as amount, ${to}::text as currency
    from (${amounts}) source left join (${conversionRates(conversion)}) rates on rates.currency = source.currency::text`
}
