import { longText } from '../../../platform/declare/objects/column-input.ts'
import { many, money } from '../../../platform/declare/objects/fields.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { attention } from '../attention.ts'
import { closingDates } from '../history/closing-dates.ts'
import { pastStage } from '../history/past-stages.ts'
import { lines } from '../lines/line.ts'
import { parts } from './parts.ts'

export const opportunity = defineObject({
  model: 'Opportunity',
  prefix: 'opportunity',
  plural: 'opportunities',
  search: 'searchText',
  searchedFields: ['name', 'nextStep', 'source'],
  naturalKey: ['name'],
  columns: {
    name: {},
    status: { input: false },
    probability: { input: false },
    forecastCategory: { input: false },
    closesOn: {},
    closedOn: { onlyOnCreate: true },
    closedAt: { input: false },
    lossComment: { input: longText, onlyOnCreate: true, order: false },
    nextStep: {},
    nextStepOn: {},
    source: {},
    description: { input: longText, order: false },
    position: { input: false },
  },
  relations: {
    account: {},
    owner: { object: 'User' },
    team: {},
    pipeline: { onlyOnCreate: true, hasRuleDefault: true },
    stage: { onlyOnCreate: true, hasRuleDefault: true },
    lossReason: { onlyOnCreate: true },
  },
  fields: {
    amount: money({ description: 'What the deal is worth.', amount: 'amountAmount', currency: 'amountCurrency' }),
    weightedAmount: money({
      description:
        'The amount multiplied by the probability, rounded half away from zero to four decimal places: exact for amounts with two.',
      amount: 'weightedAmountAmount',
      currency: 'amountCurrency',
    }),
    lines,
    ...parts,
    ...closingDates,
    stageHistory: many({
      description:
        'The stages that the opportunity was in, the latest first, with the time it spent in each. A new opportunity from another system can have its past: the stages that it entered, the first one first, of one pipeline and each not before the one before it. The last one is its stage.',
      object: 'OpportunityStageEntry',
      by: 'opportunity',
      createdWith: pastStage,
      defaultOrder: [{ field: 'enteredAt', direction: 'DESC' }],
    }),
    attention,
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
