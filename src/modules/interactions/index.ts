import { defineModule } from '../../platform/schema/module.ts'
import { interaction, interactionKinds } from './interaction.ts'
import { namedParticipants, onceBySource } from './rules.ts'
import { accountFields, contactFields, keepTimeline } from './timeline.ts'

/** Touch points and timelines. */
export const interactions = defineModule({
  name: 'interactions',
  description: 'Everything that passed between you and the people you deal with, in one timeline.',
  objects: [interaction],
  variants: interactionKinds,
  extend: { Contact: contactFields, Account: accountFields },
  rules: [namedParticipants, onceBySource, keepTimeline],
})
