import { defineModule } from '../../platform/schema/module.ts'
import { accountFields, contact } from './contact.ts'
import { party, relationship, relationshipSide, relationshipType } from './relationship.ts'
import { primaryChannels } from './rules.ts'

/** People, their roles in organisations, and how people and organisations stand to each other. */
export const contacts = defineModule({
  name: 'contacts',
  description: 'People: e-mail addresses, telephone numbers, roles in organisations, and typed relationships.',
  objects: [contact, relationshipType, relationship, relationshipSide],
  interfaces: [party],
  extend: { Account: accountFields },
  rules: [primaryChannels],
})
