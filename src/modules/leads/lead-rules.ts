import { defineRule } from '../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../platform/declare/rules/user-errors.ts'

export const leadStays = defineRule({
  name: 'leads.convertedStays',
  description: 'A lead that is converted is not updated by clients any more: its contact is.',
  object: 'Lead',
  on: ['updateLead'],
  isIntegral: true,
  before: ({ before }) =>
    before?.status === 'CONVERTED'
      ? {
          refusals: [
            ruleViolation(
              'leads.convertedStays',
              ['input', 'id'],
              'The lead is converted: update the contact that it became.',
            ),
          ],
        }
      : undefined,
})
