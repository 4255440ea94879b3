import { definePlugin } from '../../platform/declare/plugin.ts'
import { exchangeRate, twoCurrencies } from './exchange-rate.ts'

export const currencies = definePlugin({
  id: 'currencies',
  description: 'Exchange rates with the day from which they are valid. Amounts of money are converted by them.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [exchangeRate],
  rules: [twoCurrencies],
})
