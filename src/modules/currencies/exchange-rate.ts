import { z } from 'zod'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { defineRule } from '../../platform/declare/rules/rule.ts'
import { invalid } from '../../platform/declare/rules/user-errors.ts'
import { compareDecimals } from '../../platform/formats/decimal.ts'

export const exchangeRate = defineObject({
  model: 'ExchangeRate',
  prefix: 'exchangerate',
  plural: 'exchangeRates',
  naturalKey: ['baseCurrency', 'currency', 'validFrom'],
  columns: {
    baseCurrency: { scalar: 'CurrencyCode' },
    currency: { scalar: 'CurrencyCode' },
    rate: { input: z.string().refine((rate) => compareDecimals(rate, '0') > 0, 'Must be greater than 0.') },
    validFrom: {},
    source: {},
  },
  writes: ['create', 'update', 'delete', 'restore'],
})

/** Refuses a rate of a currency to itself, which is 1 always. */
export const twoCurrencies = defineRule({
  name: 'currencies.twoCurrencies',
  description: 'An exchange rate has two different currencies.',
  object: 'ExchangeRate',
  on: ['create', 'update'],
  // Administrators can't disable the rule: the database refuses such a rate anyway.
  isIntegral: true,
  before: ({ values, before }) => {
    const base = values['baseCurrency'] ?? before?.['baseCurrency']
    const currency = values['currency'] ?? before?.['currency']
    return base === currency
      ? { refusals: [invalid(['input', 'currency'], `Must differ from baseCurrency, which is ${String(base)} too.`)] }
      : undefined
  },
})
