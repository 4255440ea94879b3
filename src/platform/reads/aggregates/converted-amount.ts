import { roundedTo } from '../../data/exchange-rates.ts'
import { columnOf, type Sql, sql } from '../../data/sql.ts'
import type { Reading } from '../reading.ts'
import type { AggregateFunction } from './aggregated-fields.ts'
import type { Aggregation } from './aggregations.ts'

/** SQL of the columns of `conversionRates` that belong to an amount; null where its currency has no rate. */
export interface AmountRate {
  readonly weight: Sql
  readonly denominator: Sql
}

/** Exchange rates that are joined to rows. */
export interface RatesJoin {
  readonly sql: Sql
  readonly rate: AmountRate
}

/**
 * Returns the join of exchange rates to rows with an amount.
 * @param rates the query with the rates, see `conversionRates`
 * @param currency the column with the currency of the amount
 */
export function joinRates(reading: Reading, rates: Sql, currency: Sql): RatesJoin {
  const alias = reading.alias()
  return {
    sql: sql` left join (${rates}) ${alias} on ${columnOf(alias, 'currency')} = ${currency}::text`,
    rate: { weight: columnOf(alias, 'weight'), denominator: columnOf(alias, 'denominator') },
  }
}

/**
 * Returns the aggregation of a function over the converted amounts of a group: computed exactly, and rounded once. It is
 * null when there are no amounts, and when one of their currencies has no rate. Parts of a group have exact numerators
 * and are not rounded, so a group has the same value however it is divided.
 * @param to ISO 4217 code of the currency of the converted amounts
 */
export function convertedAmount(
  to: string,
  aggregate: AggregateFunction,
  amount: Sql,
  { weight, denominator }: AmountRate,
): Aggregation {
  const value = sql`${amount} * ${weight}`
  const combine = (values: Sql | undefined) =>
    aggregate === 'min' ? sql`min(${values})` : aggregate === 'max' ? sql`max(${values})` : sql`sum(${values})`
  const lacksRate = sql`bool_or(${amount} is not null and ${weight} is null)`
  const numerator = combine(value)
  const divisor = sql`max(${denominator})`
  const count = sql`count(${amount})`
  const round = (lacks: Sql, total: Sql, by: Sql, number: Sql) =>
    sql`case when not ${lacks} then ${roundedTo(to, total, aggregate === 'avg' ? sql`(${by} * ${number})` : by)} end`
  return {
    whole: round(lacksRate, numerator, divisor, count),
    parts: {
      values: [lacksRate, numerator, divisor, count],
      merge: ([lacks, total, by, number]) =>
        round(sql`bool_or(${lacks})`, combine(total), sql`max(${by})`, sql`sum(${number})`),
    },
  }
}
