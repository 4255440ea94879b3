import { defineItem } from '../../../platform/declare/objects/item.ts'
import type { TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, type UserError } from '../../../platform/declare/rules/user-errors.ts'

/** A stage that a new opportunity entered in the past, as its input has it. */
export const pastStage = defineItem({
  model: 'OpportunityStageEntry',
  columns: { enteredAt: {} },
  relations: { stage: {} },
})

/** A stage that a new opportunity entered in the past. */
export interface PastStage {
  /** uuid */
  readonly stageId: string
  readonly enteredAt: Date
}

/** Returns the stages that a write gives for the past of a new opportunity, the first one first. */
export function pastStagesOf({ before, items }: TypedWrite<'Opportunity'>): PastStage[] {
  if (before) return []
  return (items.get('stageHistory') ?? []).map(({ stageId, enteredAt }) => ({
    stageId: String(stageId),
    enteredAt: enteredAt instanceof Date ? enteredAt : new Date(String(enteredAt)),
  }))
}

/**
 * Returns what is wrong with the past of an opportunity: its stages are of one pipeline, the last one is the present one,
 * and none is entered before the one before it, or in the future. What stages ask for today, such as allowed moves, does
 * not apply to the past.
 * @param pipelineIds Pipelines of the stages, by uuid of the stage.
 */
export function pastErrors(
  past: readonly PastStage[],
  stage: { readonly id: string; readonly pipelineId: string },
  pipelineIds: ReadonlyMap<string, string>,
  now: Date,
): UserError[] {
  return past.flatMap(({ stageId, enteredAt }, index) => {
    const at = ['input', 'stageHistory', String(index)]
    const former = past[index - 1]
    return [
      ...(pipelineIds.get(stageId) === stage.pipelineId
        ? []
        : [invalid([...at, 'stageId'], 'The stage belongs to another pipeline than the stage of the opportunity.')]),
      ...(index < past.length - 1 || stageId === stage.id
        ? []
        : [invalid([...at, 'stageId'], 'The last stage has to be the stage of the opportunity.')]),
      ...(former && enteredAt < former.enteredAt
        ? [invalid([...at, 'enteredAt'], 'Must not be before the time of the stage before it.')]
        : []),
      ...(enteredAt > now ? [invalid([...at, 'enteredAt'], 'Must not lie in the future.')] : []),
    ]
  })
}

/** Returns the rows of the history: each stage is left when the next one is entered. */
export function historyRows(past: readonly PastStage[]) {
  return past.map((entry, index) => ({ ...entry, leftAt: past[index + 1]?.enteredAt ?? null }))
}
