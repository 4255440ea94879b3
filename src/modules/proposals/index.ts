import { definePlugin } from '../../platform/declare/plugin.ts'
import { makeProposalTemplateDefault } from './templates/make-template-default.ts'
import { proposalTemplate } from './templates/template.ts'

export const proposals = definePlugin({
  id: 'proposals',
  description: 'Proposals: the PDF of a quote that the customer gets, and its templates.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [proposalTemplate],
  acts: [makeProposalTemplateDefault],
})
