import { z } from 'zod'
import { text } from '../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../platform/declare/objects/object.ts'
import { isCurrency } from '../../platform/formats/currency.ts'
import { timeZone } from '../../platform/formats/time-zone.ts'

const MAX_RETENTION_DAYS = 36_500

export const workspace = defineObject({
  model: 'Workspace',
  prefix: 'workspace',
  columns: {
    slug: { input: false },
    name: { input: text(200).min(1, 'Must not be empty.') },
    defaultCurrency: {
      input: z.string().refine(isCurrency, 'A currency is an ISO 4217 code in capitals, such as EUR.'),
    },
    timeZone: { input: timeZone },
    fiscalYearStartMonth: {
      input: z.int().min(1, 'Months are numbers from 1 to 12.').max(12, 'Months are numbers from 1 to 12.'),
    },
    // Sensitive: the permission `workspace:update`, which allows renaming the workspace, does not cover this field. By
    // lowering it, a user could get the audit entries about their own actions deleted.
    auditRetentionDays: {
      sensitive: true,
      input: z
        .int()
        .min(1, 'At least one day.')
        .max(MAX_RETENTION_DAYS, `At most ${MAX_RETENTION_DAYS} days; null keeps audit entries forever.`),
    },
  },
  writes: ['update'],
})
