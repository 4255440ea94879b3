import { join, sql } from '../../data/sql.ts'
import type { Compiled, Place } from '../../declare/objects/field-read.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { asIs, elementsOf } from '../reading.ts'
import { assemble, subfields } from '../select.ts'
import { type AggregateConversion, compileRates, missingCurrency, noExchangeRate } from './conversion.ts'

/** Name of the GraphQL type that says how amounts were converted. */
export const CONVERSION_TYPE = 'CurrencyConversion'

/**
 * Adds what a converted aggregate says of its conversion. Where groups are selected or ordered by an amount that can't
 * be converted, the whole aggregate is null with an error: nobody would see that groups are missing.
 * @param selected fields that the client selects of the aggregate
 */
export function withConversion(
  place: Place,
  object: ObjectType,
  conversion: AggregateConversion,
  groups: Compiled,
  selected: readonly (readonly [string, FieldGroup])[],
): Compiled {
  const said = selected
    .filter(([, [node]]) => node.name.value === 'conversion')
    .map(([key, group]) => ({ key, compiled: compileConversion(place, object, conversion, group) }))
  const compared = [...conversion.compared]
  const missing = compared.map((measure) => missingCurrency(place, object, conversion, measure))
  if (compared.length > 0) place.reading.placeholders.isUsed = true
  return {
    sql: sql`json_build_array(${join([groups.sql, ...missing, ...said.map(({ compiled }) => compiled.sql)])})`,
    shape(value) {
      const [groupsValue, ...others] = elementsOf(value)
      for (const [index, measure] of compared.entries()) {
        const currency = others[index]
        if (typeof currency !== 'string') continue
        return deferredError(noExchangeRate(conversion, object, measure, currency))
      }
      const answer: Record<string, unknown> = Object(groups.shape(groupsValue))
      for (const [index, { key, compiled }] of said.entries())
        answer[key] = compiled.shape(others[compared.length + index])
      return answer
    },
  }
}

function compileConversion(
  place: Place,
  object: ObjectType,
  conversion: AggregateConversion,
  group: FieldGroup,
): Compiled {
  return assemble(
    [...subfields(place.reading, CONVERSION_TYPE, group)].map(([key, fields]) => {
      const name = fields[0].name.value
      if (name === '__typename') return { key, compiled: { typename: CONVERSION_TYPE } }
      if (name === 'rates') return { key, compiled: compileRates(place, object, conversion, fields) }
      const value = name === 'currency' ? conversion.to : conversion.on
      return { key, compiled: { sql: sql`${value}::text`, shape: asIs } }
    }),
  )
}
