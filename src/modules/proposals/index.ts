import { definePlugin } from '../../platform/declare/plugin.ts'
import { documentRoute } from './customer/document-route.ts'
import { proposalRoute } from './customer/proposal-route.ts'
import { documentFields } from './documents/document-fields.ts'
import { keepDocument } from './documents/keep-document.ts'
import { quoteDocument } from './documents/quote-document.ts'
import { makeProposalTemplateDefault } from './templates/make-template-default.ts'
import { proposalTemplate } from './templates/template.ts'

export const proposals = definePlugin({
  id: 'proposals',
  description: 'Proposals: the PDF of a quote that the customer gets, and its templates.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [proposalTemplate, quoteDocument],
  acts: [makeProposalTemplateDefault],
  rules: [keepDocument],
  schema: documentFields,
  signedRoutes: [proposalRoute, documentRoute],
})
