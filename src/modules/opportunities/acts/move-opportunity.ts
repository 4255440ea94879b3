import { defineAct } from '../../../platform/declare/rules/act.ts'
import { notFound } from '../../../platform/declare/rules/user-errors.ts'
import { positionFor } from '../board/place.ts'

export const moveOpportunity = defineAct({
  name: 'moveOpportunity',
  description:
    'Moves an opportunity to a stage, also of another pipeline, and to a place within the stage. Refused when the stages do not allow the move, when an entry condition of the stage is not met, and when the opportunity is closed. Without a place the opportunity comes last; within its stage it stays where it is.',
  object: 'Opportunity',
  input: {
    stageId: { type: 'ID', isRequired: true, description: 'Stage that the opportunity moves to.' },
    position: {
      type: 'Decimal',
      description: 'Position in the stage. Send one of position, beforeId and afterId only.',
    },
    beforeId: { type: 'ID', description: 'Opportunity in the stage that comes directly after this one.' },
    afterId: { type: 'ID', description: 'Opportunity in the stage that comes directly before this one.' },
  },
  async apply(record, context, { stageId, ...place }) {
    const stage = await context.records.get('Stage', stageId)
    if (!stage) return { refusals: [notFound(['input', 'stageId'], 'The stage')] }
    const isElsewhere = stage.id !== record.stageId
    const hasPlace = Object.values(place).some((value) => value !== null && value !== undefined)
    if (!isElsewhere && !hasPlace) return {}
    const placed = await positionFor(context, String(stage.id), record.id, place)
    if ('refusal' in placed) return { refusals: [placed.refusal] }
    return { patch: { stageId: stage.id, position: placed.position } }
  },
})
