import { definePlugin } from '../../platform/plugins/plugin.ts'
import { accountFields, contact } from './contact.ts'
import { party, relationship, relationshipSide, relationshipType } from './relationship.ts'
import { primaryChannels } from './rules.ts'

/** People, their roles in organisations, and how people and organisations stand to each other. */
export const contacts = definePlugin({
  id: 'contacts',
  description: 'People: e-mail addresses, telephone numbers, roles in organisations, and typed relationships.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [contact, relationshipType, relationship, relationshipSide],
  interfaces: [party],
  extend: { Account: accountFields },
  rules: [primaryChannels],
})
