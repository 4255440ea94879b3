import { z } from 'zod'
import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'

const MAX_POINTS = 1_000
const MAX_HALF_LIFE_DAYS = 3_650

export const leadScoringRule = defineObject({
  model: 'LeadScoringRule',
  prefix: 'leadscoringrule',
  plural: 'leadScoringRules',
  naturalKey: ['name'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    description: { input: longText, order: false },
    filter: { filter: false, order: false },
    points: { input: z.int().min(-MAX_POINTS).max(MAX_POINTS) },
    halfLifeDays: { input: z.int().min(1, 'At least 1 day.').max(MAX_HALF_LIFE_DAYS) },
    position: {},
    isActive: {},
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
