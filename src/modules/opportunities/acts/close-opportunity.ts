import { longText } from '../../../platform/declare/objects/column-input.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { invalid, notFound, ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { stageOfKind } from '../stages/stage-store.ts'

export const closeOpportunity = defineAct({
  name: 'closeOpportunity',
  description:
    'Closes an open opportunity as won or lost: moves it to the first stage of that kind in its pipeline. The conditions of the stage apply, as for `moveOpportunity`.',
  object: 'Opportunity',
  input: {
    outcome: { type: 'OpportunityOutcome', isRequired: true, description: 'How the deal ended.' },
    lossReasonId: {
      type: 'ID',
      description: 'Why the deal was lost. Required for a lost deal, not allowed for a won one.',
    },
    comment: { type: 'String', description: 'What else is known of why the deal was lost.', schema: longText },
  },
  async apply({ pipelineId, status }, context, { outcome, lossReasonId, comment }) {
    const reason = lossReasonId ? await context.records.get('LossReason', lossReasonId) : null
    if (lossReasonId && !reason) return { refusals: [notFound(['input', 'lossReasonId'], 'The reason')] }
    if (status !== 'OPEN')
      return {
        refusals: [ruleViolation('opportunities.status', ['input', 'id'], 'The opportunity is closed already.')],
      }
    const stage = await stageOfKind(context, pipelineId, outcome)
    if (!stage)
      return {
        refusals: [
          invalid(['input', 'outcome'], `The pipeline of the opportunity has no stage of the kind ${outcome}.`),
        ],
      }
    if (outcome === 'WON' && (lossReasonId || comment)) {
      const path = ['input', lossReasonId ? 'lossReasonId' : 'comment']
      return { refusals: [invalid(path, 'Only for a deal that is lost.')] }
    }
    return { patch: { stageId: stage.id, lossReasonId: reason?.id ?? null, lossComment: comment || null } }
  },
})
