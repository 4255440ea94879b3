import { z } from 'zod'
import { many } from '../../../platform/declare/objects/fields.ts'
import { defineItem } from '../../../platform/declare/objects/item.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { stageAmounts, stageSummary } from '../board/stage-summary.ts'
import { REQUIRABLE_FIELDS } from '../stages/stage-change.ts'

const nextStage = defineItem({ model: 'StageMove', name: 'NextStage', columns: {}, relations: { stage: {} } })

const requiredFields = z
  .array(z.string())
  .max(REQUIRABLE_FIELDS.length, `At most ${REQUIRABLE_FIELDS.length} fields.`)
  .refine(
    (names) => names.every((name) => REQUIRABLE_FIELDS.some((field) => field === name)),
    `A stage can require ${REQUIRABLE_FIELDS.join(', ')}.`,
  )

export const stage = defineObject({
  model: 'Stage',
  prefix: 'stage',
  plural: 'stages',
  columns: {
    name: {},
    position: { hasRuleDefault: true },
    kind: {},
    probability: {
      input: z.int().min(0, 'A percentage from 0 to 100.').max(100, 'A percentage from 0 to 100.'),
    },
    forecastCategory: {},
    requiredFields: { input: requiredFields, filter: false, order: false },
    isActive: {},
  },
  relations: { pipeline: { onlyOnCreate: true } },
  fields: {
    nextStages: many({
      description:
        'Stages to which opportunities may move from this one, also of other pipelines. When there are none, they may move to any stage.',
      object: 'Stage',
      link: { item: nextStage, by: 'from', to: 'stage', isWritten: true },
    }),
    opportunities: many({
      description: 'Opportunities in the stage, in the order of the board.',
      object: 'Opportunity',
      by: 'stage',
      defaultOrder: [{ field: 'position', direction: 'ASC' }],
    }),
    summary: stageSummary,
    amounts: stageAmounts,
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
