import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineAct } from '../../../platform/declare/rules/act.ts'
import { invalid, notFound, ruleViolation } from '../../../platform/declare/rules/user-errors.ts'
import { closedStageProblem } from '../stages/stage-change.ts'
import { stageOfKind } from '../stages/stage-store.ts'

export const reopenOpportunity = defineAct({
  name: 'reopenOpportunity',
  description:
    'Reopens a closed opportunity: moves it to an open stage, and removes the day of closing and the reason of the loss. The entry conditions of the stage apply.',
  object: 'Opportunity',
  input: {
    stageId: {
      type: 'ID',
      description: 'Open stage that the opportunity moves to. Default: the open stage that it was in last.',
    },
  },
  async apply(record, context, { stageId }) {
    const stage = stageId ? await context.records.get('Stage', stageId) : null
    if (stageId && !stage) return { refusals: [notFound(['input', 'stageId'], 'The stage')] }
    if (record.status === 'OPEN')
      return { refusals: [ruleViolation('opportunities.status', ['input', 'id'], 'The opportunity is open already.')] }
    // The stage that a closed deal is in would be no change, and so no error.
    if (stage && (stage.kind === 'WON' || stage.kind === 'LOST')) {
      // The caller may be without permission to read its name.
      const why = closedStageProblem({ name: stage.name ?? 'This stage', kind: stage.kind })
      return { refusals: [invalid(['input', 'stageId'], why)] }
    }
    if (stage) return { patch: { stageId: stage.id } }
    const last = await lastOpenStage(context, record.id, record.pipelineId)
    if (!last) return { refusals: [invalid(['input', 'stageId'], 'The pipeline has no open stage: name a stage.')] }
    return { patch: { stageId: last } }
  },
})

/** Returns the open stage that the opportunity was in last, or the first open stage of its pipeline. */
async function lastOpenStage(
  context: PluginContext,
  opportunityId: string,
  pipelineId: string,
): Promise<string | null> {
  const entry = await context.unrestricted.prisma.opportunityStageEntry.findFirst({
    where: { opportunityId, stage: { pipelineId, kind: 'OPEN', isActive: true, deletedAt: null } },
    orderBy: [{ enteredAt: 'desc' }, { id: 'desc' }],
    select: { stageId: true },
  })
  return entry?.stageId ?? (await stageOfKind(context, pipelineId, 'OPEN'))?.id ?? null
}
