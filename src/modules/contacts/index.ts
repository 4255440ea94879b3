import { definePlugin } from '../../platform/declare/plugin.ts'
import { accountFields, contact } from './contact.ts'
import { primaryChannels } from './contact-rules.ts'
import { party, relationship, relationshipSide, relationshipType } from './relationship.ts'

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
