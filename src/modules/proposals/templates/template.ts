import { longText, text } from '../../../platform/declare/objects/column-input.ts'
import { defineObject } from '../../../platform/declare/objects/object.ts'
import { colorInput, localeInput, logoInput } from './template-input.ts'

const lines = text(1_000).transform((value) => value || null)

export const proposalTemplate = defineObject({
  model: 'ProposalTemplate',
  prefix: 'proposaltemplate',
  plural: 'proposalTemplates',
  naturalKey: ['name'],
  columns: {
    name: { input: text(200).min(1, 'Must not be empty.') },
    isDefault: { input: false },
    locale: { input: localeInput },
    color: { input: colorInput },
    logo: { input: logoInput, filter: false, order: false },
    sellerName: { input: text(200).transform((value) => value || null) },
    sellerLines: { input: lines, order: false },
    introduction: { input: longText, order: false },
    terms: { input: longText, order: false },
    footer: { input: lines, order: false },
  },
  writes: ['create', 'update', 'delete', 'restore'],
})
