import { definePlugin } from '../../platform/declare/plugin.ts'
import { interaction, interactionKinds } from './interaction.ts'
import { namedParticipants, onceBySource } from './interaction-rules.ts'
import { accountFields, contactFields, keepTimeline, leadFields } from './timeline.ts'

export const interactions = definePlugin({
  id: 'interactions',
  description: 'Interactions, such as calls, e-mails and meetings, and the timelines of people and organisations.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [interaction],
  variants: interactionKinds,
  extend: { Contact: contactFields, Account: accountFields, Lead: leadFields },
  rules: [namedParticipants, onceBySource, keepTimeline],
})
