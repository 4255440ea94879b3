import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { leadFilterErrors } from '../lead-filter.ts'
import { scoreAllLeads } from './score-all-leads.ts'
import { scoreLeads } from './score-leads.ts'

export const keepScore = defineRule({
  name: 'leads.keepScore',
  description: 'Computes the score of a lead whenever the lead changes.',
  object: 'Lead',
  on: ['create', 'update', 'restore'],
  // Administrators can't disable the rule.
  isIntegral: true,
  afterAll: (writes, context) =>
    scoreLeads(
      context,
      writes.map(({ id }) => id),
    ),
})

export const scoringRuleFits = defineRule({
  name: 'leads.scoringRuleFits',
  description: 'A scoring rule has a valid filter of leads, by fields that its author may read.',
  object: 'LeadScoringRule',
  on: ['create', 'update', 'restore'],
  isIntegral: true,
  before: ({ values: { filter } }, context) =>
    filter === undefined ? undefined : { refusals: leadFilterErrors(context, filter) },
})

export const keepScores = defineRule({
  name: 'leads.keepScores',
  description: 'Computes the scores of all leads anew whenever a scoring rule changes.',
  object: 'LeadScoringRule',
  on: ['create', 'update', 'delete', 'restore'],
  isIntegral: true,
  afterAll: (_writes, context) => scoreAllLeads(context),
})
