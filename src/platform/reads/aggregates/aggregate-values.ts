import { empty, type Sql, sql } from '../../data/sql.ts'
import type { Compiled } from '../../declare/objects/field-read.ts'
import { mixedCurrencies } from '../../errors.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { moneyValue } from '../fields/column-fields.ts'
import { asIs, elementsOf } from '../reading.ts'
import { instant, withCents } from '../scalar-values.ts'
import type { AggregateFunction, GroupKey, Measure } from './aggregated-fields.ts'
import { type Aggregation, exactAverage, exactSum, extreme, wholeOnly } from './aggregations.ts'
import { type AggregateConversion, noExchangeRate } from './conversion.ts'
import { convertedAmount } from './converted-amount.ts'
import type { GroupedQuery } from './grouped-query.ts'

/** Decimal places of an average. */
const PLACES = 4

/** Returns the aggregation of a function over the values of a measure. */
export function aggregationOf(query: GroupedQuery, aggregate: AggregateFunction, measure: Measure): Aggregation {
  const { column } = measure
  const value = query.row.column(column.name)
  if (query.conversion && measure.currency) {
    query.conversion.used.add(measure)
    return convertedAmount(query.conversion.to, aggregate, value, query.rateOf(measure))
  }
  if (aggregate === 'min' || aggregate === 'max') return extreme(aggregate, value, empty)
  const isExact = column.type !== 'float'
  if (aggregate === 'sum') return isExact ? exactSum(value) : wholeOnly(sql`sum(${value})`)
  return isExact ? exactAverage(value, PLACES) : wholeOnly(sql`avg(${value})`)
}

/** Returns the aggregation of the number of different values of a key. */
export function countDistinct(query: GroupedQuery, key: GroupKey): Aggregation {
  return wholeOnly(sql`count(distinct ${query.valueOf(key)})`)
}

/** Compiles one value of a group: a function over a measure. */
export function compileValue(
  query: GroupedQuery,
  aggregate: AggregateFunction,
  measure: Measure,
  group: FieldGroup,
): Compiled {
  const value = query.column(aggregationOf(query, aggregate, measure))
  if (measure.currency) return compileMoney(query, value, measure, group)
  const { type } = measure.column
  if (type === 'timestamp') return { sql: value, shape: instant }
  if (type === 'date' || type === 'float') return { sql: value, shape: asIs }
  // A single value of whole numbers is an Int, what is computed from several is a Decimal.
  if (type === 'int' && (aggregate === 'min' || aggregate === 'max')) return { sql: value, shape: asIs }
  return {
    sql: sql`trim_scale(${value}::numeric)::text`,
    shape: (text) => (typeof text === 'string' ? (type === 'decimal' ? withCents(text) : text) : null),
  }
}

/**
 * Compiles an amount of money of a group. Amounts in several currencies have no sum: the value is then null, with an
 * error that names the currencies.
 * @param amount the column with the amount
 */
function compileMoney(query: GroupedQuery, amount: Sql, measure: Measure, group: FieldGroup): Compiled {
  const { reading, row, object, conversion } = query
  const currencyColumn = row.column(measure.currency?.name ?? '')
  if (conversion) return compileConverted(query, conversion, amount, measure, group)
  const hasAmount = sql` filter (where ${row.column(measure.column.name)} is not null)`
  // Codes are only compared for being the same, so without the rules of a language, which take longer.
  const code = sql`${currencyColumn} collate "C"`
  const currency = query.column(extreme('min', code, hasAmount))
  const last = query.column(extreme('max', code, hasAmount))
  const money = moneyValue(reading, group, amount, currency)
  reading.placeholders.isUsed = true
  return {
    sql: sql`json_build_array(${money.sql}, ${currency}, ${last})`,
    shape(value) {
      const [amountValue, one, other] = elementsOf(value)
      if (one === other) return money.shape(amountValue)
      return deferredError(
        mixedCurrencies(
          `${object.name}.${measure.of.name}`,
          [String(one), String(other)],
          'Group by the currency, filter by one currency, or convert them with convertTo.',
        ),
      )
    },
  }
}

/**
 * Compiles a converted amount of a group: null, with an error, where one of its currencies has no exchange rate.
 * @param amount the column with the amount
 */
function compileConverted(
  query: GroupedQuery,
  conversion: AggregateConversion,
  amount: Sql,
  measure: Measure,
  group: FieldGroup,
): Compiled {
  const { reading, row, object } = query
  const currencyColumn = row.column(measure.currency?.name ?? '')
  const lacksRate = sql` filter (where ${row.column(measure.column.name)} is not null and ${query.rateOf(measure).weight} is null)`
  const missing = query.column(extreme('min', sql`${currencyColumn}::text`, lacksRate))
  const money = moneyValue(reading, group, amount, sql`${conversion.to}::text`)
  reading.placeholders.isUsed = true
  return {
    sql: sql`json_build_array(${money.sql}, ${missing})`,
    shape(value) {
      const [amountValue, currency] = elementsOf(value)
      if (currency === null) return money.shape(amountValue)
      return deferredError(noExchangeRate(conversion, object, measure, String(currency)))
    },
  }
}
