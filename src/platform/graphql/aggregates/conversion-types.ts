import { WEIGHTS } from '../../declare/field-cost.ts'
import { GUARDED_BY_PARENT } from '../../permissions/guard.ts'
import { ratesObject } from '../../reads/aggregates/conversion.ts'
import { CONVERSION_TYPE } from '../../reads/aggregates/conversion-answer.ts'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { claimType } from '../name-claims.ts'
import { outputFields } from '../outputs/output-fields.ts'
import { defineInput, type InputField, type OutputField, type TypeStore } from '../types.ts'

/** Returns the argument `convertTo` of an object's aggregate; none for an object without amounts of money. */
export function conversionArguments(store: TypeStore, object: ObjectType): Record<string, InputField> {
  if (!ratesObject(store.registry, object)) return {}
  defineInput(
    store,
    'ConvertToInput',
    'A currency to convert amounts of money to, at the exchange rates of a day.',
    () => ({
      currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the converted amounts.' },
      on: {
        type: 'Date',
        description:
          'Day whose exchange rates are used: of two currencies the latest rate at or before it. Default: today in the time zone of the workspace.',
      },
    }),
  )
  return {
    convertTo: {
      type: 'ConvertToInput',
      cost: WEIGHTS.conversion,
      description:
        'Converts all amounts of money to one currency, whatever their own. Each value is computed exactly and then rounded once to the minor units of the currency, halves away from zero. A value with amounts whose currency has no exchange rate is null with the error NO_EXCHANGE_RATE.',
    },
  }
}

/** Returns the field `conversion` of an object's aggregate; none for an object without amounts of money. */
export function conversionFields(store: TypeStore, object: ObjectType): OutputField[] {
  const rates = ratesObject(store.registry, object)
  if (!rates) return []
  defineConversion(store, rates)
  return [
    {
      name: 'conversion',
      description: 'How amounts of money were converted; null without `convertTo`.',
      type: CONVERSION_TYPE,
      list: 'no',
      isNullable: true,
      cost: { weight: 0 },
      guard: GUARDED_BY_PARENT,
    },
  ]
}

function defineConversion(store: TypeStore, rates: ObjectType): void {
  if (store.outputs.has(CONVERSION_TYPE)) return
  claimType(store.claims, CONVERSION_TYPE, CORE)
  const ref = store.builder.objectRef<Answer>(CONVERSION_TYPE)
  store.outputs.set(CONVERSION_TYPE, ref)
  const fields: readonly OutputField[] = [
    {
      name: 'currency',
      description: 'Currency of the converted amounts.',
      type: 'CurrencyCode',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'on',
      description: 'Day whose exchange rates were used.',
      type: 'Date',
      list: 'no',
      isNullable: false,
      guard: GUARDED_BY_PARENT,
    },
    {
      name: 'rates',
      description:
        'The exchange rates by which the requested amounts were converted, as far as the caller may see them. Null with FORBIDDEN when the caller may not read exchange rates: converted amounts need no such permission.',
      type: rates.name,
      list: 'of non-null',
      isNullable: true,
      guard: GUARDED_BY_PARENT,
    },
  ]
  ref.implement({
    description: 'A conversion of amounts of money.',
    fields: (t) => outputFields(store, t, fields),
  })
}
