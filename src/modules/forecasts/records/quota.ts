import { money } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { periodColumns } from './period-columns.ts'

export const quota = defineObject({
  model: 'Quota',
  prefix: 'quota',
  plural: 'quotas',
  columns: { ...periodColumns },
  relations: { owner: { object: 'User', hasRuleDefault: true }, team: {} },
  fields: {
    amount: money({ description: 'What is to be won.', amount: 'amountAmount', currency: 'amountCurrency' }),
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
