import type { ModelTypes } from '../../../../generated/models.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'

type StageRow = ModelTypes['Stage']['columns']

/** What is known of a stage when an opportunity enters or leaves it. */
export type StageFacts = Pick<
  StageRow,
  'id' | 'pipelineId' | 'name' | 'kind' | 'probability' | 'forecastCategory' | 'requiredFields' | 'isActive'
> & {
  readonly pipelineName: string
  /** Whether opportunities can be created in the pipeline of the stage, or move into it from another pipeline. */
  readonly isPipelineOpen: boolean
  readonly nextStages: readonly { readonly id: string; readonly name: string }[]
}

/** Fields of an opportunity that a stage can require, and the columns or items that have to have a value. */
const REQUIRED_COLUMNS = {
  account: 'accountId',
  amount: 'amountAmount',
  closesOn: 'closesOn',
  contacts: 'contacts',
  nextStep: 'nextStep',
  nextStepOn: 'nextStepOn',
  owner: 'ownerId',
  source: 'source',
  team: 'teamId',
} as const

type RequirableField = keyof typeof REQUIRED_COLUMNS

/** Names of the fields of an opportunity that a stage can require. */
export const REQUIRABLE_FIELDS: readonly RequirableField[] = Object.keys(REQUIRED_COLUMNS).filter(isRequirable)

function isRequirable(name: string): name is RequirableField {
  return Object.hasOwn(REQUIRED_COLUMNS, name)
}

/** Returns the required fields of a stage that have no value. `values` has `contacts` where there is at least one. */
export function missingFields(
  { requiredFields }: Pick<StageFacts, 'requiredFields'>,
  values: Values,
): RequirableField[] {
  return requiredFields.filter(isRequirable).filter((name) => {
    const value = values[REQUIRED_COLUMNS[name]]
    return value === null || value === undefined
  })
}

/** Why an opportunity is not reopened in a stage that closes it. */
export function closedStageProblem(stage: Pick<StageFacts, 'name' | 'kind'>): string {
  return `An opportunity is reopened in an open stage, and ${quoted(stage)} is ${stage.kind}.`
}

/** Why an opportunity may not move from one stage to another; null when it may. */
export function moveRefusal(from: StageFacts, to: StageFacts, isReopening: boolean): string | null {
  if (isReopening) {
    if (from.kind === 'OPEN') return 'The opportunity is open already.'
    return to.kind === 'OPEN' ? null : closedStageProblem(to)
  }
  if (from.kind !== 'OPEN') return 'The opportunity is closed. Reopen it first, with reopenOpportunity.'
  if (from.nextStages.length === 0 || from.nextStages.some(({ id }) => id === to.id)) return null
  const allowed = from.nextStages.map(quoted).join(', ')
  return `From ${quoted(from)} an opportunity may move to ${allowed} only.`
}

/** Returns what an opportunity gets from the stage that it enters. */
export function stageValues(stage: StageFacts) {
  const { id, pipelineId, kind, probability, forecastCategory } = stage
  return { stageId: id, pipelineId, status: kind, probability, forecastCategory }
}

/** Returns a name in quotes. */
export function quoted({ name }: { readonly name: string }): string {
  return `“${name}”`
}
