import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { leadFilterErrors } from '../lead-filter.ts'

export const assignmentRuleFits = defineRule({
  name: 'leads.assignmentRuleFits',
  description: 'An assignment rule has no filter or a valid filter of leads, by fields that its author may read.',
  object: 'LeadAssignmentRule',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before: ({ values: { filter } }, context) =>
    filter === undefined || filter === null ? undefined : { refusals: leadFilterErrors(context, filter) },
})
