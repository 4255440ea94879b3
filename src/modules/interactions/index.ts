import { definePlugin } from '../../platform/declare/plugin.ts'
import { interaction, interactionKinds } from './interaction.ts'
import { namedParticipants, onceBySource } from './interaction-rules.ts'
import { accountFields, contactFields, keepTimeline } from './timeline.ts'

/** Touch points and timelines. */
export const interactions = definePlugin({
  id: 'interactions',
  description: 'Everything that passed between you and the people you deal with, in one timeline.',
  version: '1.0.0',
  api: '^1.0.0',
  objects: [interaction],
  variants: interactionKinds,
  extend: { Contact: contactFields, Account: accountFields },
  rules: [namedParticipants, onceBySource, keepTimeline],
})
