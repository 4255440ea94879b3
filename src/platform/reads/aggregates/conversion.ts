import { GraphQLError } from 'graphql'
import { conversionRates } from '../../data/exchange-rates.ts'
import { type Row, rowOf, tableOf } from '../../data/row.ts'
import { and, hiddenFromPlanner, or, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, Place } from '../../declare/objects/field-read.ts'
import { codedError } from '../../errors.ts'
import { dayIn } from '../../formats/day.ts'
import { enforceGuard, objectGuard } from '../../permissions/guard.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { listOf } from '../fields/list-fields.ts'
import { entriesOf } from '../filter/operands.ts'
import { compileRecord } from '../record.ts'
import { selectedRows } from '../root.ts'
import { type Measure, measures } from './aggregated-fields.ts'

/** What the amounts of an aggregate are converted to, while the aggregate is compiled. */
export interface AggregateConversion {
  /** ISO 4217 code of the currency. */
  readonly to: string
  /** The day whose exchange rates are used. */
  readonly on: string
  /** The query with the exchange rates, see `conversionRates`. */
  readonly rates: Sql
  /** The measures whose amounts were converted so far. */
  readonly used: Set<Measure>
  /** Those of them by which groups are selected or ordered. */
  readonly compared: Set<Measure>
}

/** Returns the object of exchange rates, for an object whose aggregate can convert amounts of money; otherwise null. */
export function ratesObject(registry: Registry, object: ObjectType): ObjectType | null {
  const hasMoney = [...measures(object).values()].some(({ currency }) => currency !== null)
  return (hasMoney && registry.objects.get('ExchangeRate')) || null
}

/** Returns what the argument `convertTo` says; null without it. The default day is today, where the workspace is. */
export function conversionOf({ reading, args }: Place): AggregateConversion | null {
  const { currency, on } = Object.fromEntries(entriesOf(args['convertTo'] ?? {}))
  if (typeof currency !== 'string') return null
  const { actor, now } = reading
  const day = typeof on === 'string' ? on : dayIn(actor.calendar.timeZone, now)
  const workspaceId = hiddenFromPlanner(actor.workspaceId)
  return {
    to: currency,
    on: day,
    rates: conversionRates({ workspaceId, to: currency, on: sql`${day}::date` }),
    used: new Set(),
    compared: new Set(),
  }
}

/** Returns the error of amounts that can't be converted. */
export function noExchangeRate(
  { to, on }: AggregateConversion,
  object: ObjectType,
  { of }: Measure,
  currency: string,
): Error {
  return codedError(
    'NO_EXCHANGE_RATE',
    `${object.name}.${of.name} has amounts in ${currency} here, and there is no exchange rate between ${currency} and ${to} on ${on} or before. Create one, convert to another currency, or leave these amounts out by the filter.`,
    { currency, convertTo: to, on },
  )
}

/**
 * Returns SQL of the first currency that has no rate among the amounts of a measure; null when all of them have one.
 * Amounts in all groups count, also in those that the conditions on groups leave out.
 */
export function missingCurrency(
  place: Place,
  object: ObjectType,
  conversion: AggregateConversion,
  measure: Measure,
): Sql {
  const { from, currency, conditions } = amountsOf(place, object, measure)
  return sql`(select min(${currency}) from ${from} left join (${conversion.rates}) rates on rates.currency = ${currency}
    where ${and([...conditions, sql`rates.weight is null`])})`
}

/**
 * Compiles the exchange rates by which amounts of the aggregate were converted, as far as the caller may see them. A
 * caller who may not read exchange rates gets null with an error, and the rest of the aggregate.
 */
export function compileRates(
  place: Place,
  object: ObjectType,
  conversion: AggregateConversion,
  group: FieldGroup,
): Compiled {
  const { reading } = place
  const target = ratesObject(reading.registry, object)
  if (!target) throw new Error(`Amounts of ${object.name} can't be converted.`)
  const row = rowOf(reading.alias(), target.model)
  try {
    enforceGuard(reading.actor, objectGuard(target, 'read', 'Reading'))
    const record = compileRecord(reading, target, row, group)
    const ids = or([...conversion.used].map((measure) => usesRate(place, object, conversion, measure, row)))
    const conditions = [
      sql`${row.column('workspaceId')} = ${reading.actor.workspaceId}::uuid`,
      ids,
      ...visibilityConditions(reading, target, row),
    ]
    return listOf(
      sql`select ${record.sql} as item from ${tableOf(target, row)} where ${and(conditions)} order by ${row.column('baseCurrency')}, ${row.column('currency')}`,
      record.shape,
    )
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    reading.placeholders.isUsed = true
    return {
      sql: sql`null`,
      shape: () => deferredError(error),
    }
  }
}

/** Returns the condition that a row of exchange rates was used to convert an amount of a measure. */
function usesRate(place: Place, object: ObjectType, conversion: AggregateConversion, measure: Measure, rate: Row): Sql {
  const { from, currency, conditions } = amountsOf(place, object, measure)
  return sql`${rate.column('id')} in (select unnest(rates.rate_ids) from (${conversion.rates}) rates
    where rates.currency in (select ${currency} from ${from} where ${and(conditions)}))`
}

/** Returns the amounts of a measure among the records that the arguments of the aggregate select. */
function amountsOf(
  place: Place,
  object: ObjectType,
  { column, currency }: Measure,
): { readonly from: Sql; readonly currency: Sql; readonly conditions: readonly Sql[] } {
  const { row, from, conditions } = selectedRows(place, object)
  return {
    from,
    currency: sql`${row.column(currency?.name ?? '')}::text`,
    conditions: [...conditions, sql`${row.column(column.name)} is not null`],
  }
}
