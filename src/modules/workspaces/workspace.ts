import { z } from 'zod'
import { text } from '../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'))
const MAX_RETENTION_DAYS = 36_500

export const workspace = defineObject({
  model: 'Workspace',
  prefix: 'workspace',
  columns: {
    slug: { input: false },
    name: { input: text(200).min(1, 'Must not be empty.') },
    defaultCurrency: {
      input: z
        .string()
        .refine((code) => CURRENCIES.has(code), 'A currency is an ISO 4217 code in capitals, such as EUR.'),
    },
    // Whoever lowers it has the audit of what they did removed: not for all who may rename the workspace.
    auditRetentionDays: {
      sensitive: true,
      input: z
        .int()
        .min(1, 'At least one day.')
        .max(MAX_RETENTION_DAYS, `At most ${MAX_RETENTION_DAYS} days; null keeps them for ever.`),
    },
  },
  writes: ['update'],
})
