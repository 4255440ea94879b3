import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../../platform/declare/rules/values.ts'
import { dayIn } from '../../../platform/formats/day.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { positionAfter } from '../board/rank.ts'
import { historyRows, pastErrors, pastStagesOf } from '../history/past-stages.ts'
import { closingValues } from './closing-values.ts'
import { missingFields, moveRefusal, quoted, type StageFacts, stageValues } from './stage-change.ts'
import { activeReasons, type StoredStage, stagesFor } from './stage-store.ts'

type Write = TypedWrite<'Opportunity'>

const NAME = 'opportunities.enterStage'

/**
 * The only place that decides on the stage of an opportunity and on what follows from it. It runs for every write that
 * sets a stage: a create, also by an import or a bulk mutation, and the acts, which only name the stage.
 */
export const enterStage = defineRule({
  name: NAME,
  description:
    'An opportunity enters a stage only as the stages allow: allowed moves, entry conditions, a reason for a lost deal. Status, probability and forecast category follow the stage.',
  object: 'Opportunity',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async beforeAll(writes, context) {
    const entering = writes.filter(entersStage)
    if (entering.length === 0) return undefined
    const [stages, reasons] = await Promise.all([stagesFor(context, entering), activeReasons(context, entering)])
    const lastPositions = new Map(stages.map(({ id, lastPosition }) => [id, lastPosition]))
    const results: (RuleResult | null)[] = []
    for (const write of writes) {
      const entered = entersStage(write) ? await enter(context, write, stages, reasons) : null
      if (entered && !('refusals' in entered) && write.values.position === undefined) {
        const position = positionAfter(lastPositions.get(entered.stageId) ?? null)
        lastPositions.set(entered.stageId, position)
        results.push({ patch: { ...entered, position }, ...pastItems(write) })
      } else results.push(entered && ('refusals' in entered ? entered : { patch: entered }))
    }
    return results
  },
})

/** Returns the rows of the history of an opportunity with a past. */
function pastItems(write: Write): Pick<RuleResult, 'items'> {
  const past = pastStagesOf(write)
  return past.length > 0 ? { items: { stageHistory: historyRows(past) } } : {}
}

function entersStage({ before, values }: Write): boolean {
  return !before || (values.stageId !== undefined && values.stageId !== before.stageId)
}

type Refused = { readonly refusals: readonly UserError[] }
/** Column values of an opportunity that enters a stage. */
type Entered = Values & { readonly stageId: string; readonly refusals?: never }

/** Returns what the opportunity gets from the stage that it enters, but for its place; or why it may not enter it. */
async function enter(
  context: PluginContext,
  write: Write,
  stages: readonly StoredStage[],
  reasons: ReadonlySet<string>,
): Promise<Entered | Refused> {
  const { before, values } = write
  const to = stageFor(write, stages)
  if (!to) return { refusals: [invalid(['input', 'pipelineId'], NO_STAGE)] }
  const path = placeOfStage(write)
  const refusals = [
    ...(before
      ? moveErrors(
          stages.find(({ id }) => id === before.stageId),
          to,
          write,
        )
      : newErrors(write, to)),
    ...(to.isActive ? [] : [ruleViolation(NAME, path, `The stage ${quoted(to)} is not in use any more.`)]),
    ...(await conditionErrors(context, write, to)),
    ...pastErrors(pastStagesOf(write), to, new Map(stages.map(({ id, pipelineId }) => [id, pipelineId])), context.now),
  ]
  const last = pastStagesOf(write).at(-1)
  const day = last ? dayIn(workOf(context).context.actor.calendar.timeZone, last.enteredAt) : context.today
  const closing = closingValues(context, write, to, reasons, day)
  if (closing.refusals || refusals.length > 0) return { refusals: [...refusals, ...(closing.refusals ?? [])] }
  const isOwnerLeft = !before && values.ownerId === undefined && context.actor.kind === 'USER'
  return { ...stageValues(to), ...closing.patch, ...(isOwnerLeft ? { ownerId: context.actor.id } : {}) }
}

const NO_STAGE =
  'There is no open stage for a new opportunity: name a pipeline that has one, or make such a pipeline the default.'

function stageFor(write: Write, stages: readonly StoredStage[]): StoredStage | undefined {
  const { stageId = pastStagesOf(write).at(-1)?.stageId, pipelineId } = write.values
  if (stageId !== undefined) return stages.find(({ id }) => id === stageId)
  return stages.find(
    (stage) =>
      stage.kind === 'OPEN' &&
      stage.isActive &&
      (pipelineId === undefined ? stage.isDefault : stage.pipelineId === pipelineId),
  )
}

/** Returns the path of the input field that decides on the stage. */
function placeOfStage({ operation }: Write): string[] {
  return ['input', operation === 'closeOpportunity' ? 'outcome' : 'stageId']
}

function moveErrors(from: StageFacts | undefined, to: StageFacts, write: Write): UserError[] {
  if (from && from.pipelineId !== to.pipelineId && !to.isPipelineOpen)
    return [ruleViolation(NAME, placeOfStage(write), `The pipeline “${to.pipelineName}” is not in use any more.`)]
  const why = from && moveRefusal(from, to, write.operation === 'reopenOpportunity')
  return why ? [ruleViolation(NAME, placeOfStage(write), why)] : []
}

function newErrors({ values: { pipelineId } }: Write, to: StageFacts): UserError[] {
  if (pipelineId !== undefined && pipelineId !== to.pipelineId)
    return [invalid(['input', 'stageId'], `The stage ${quoted(to)} belongs to another pipeline.`)]
  return to.isPipelineOpen
    ? []
    : [ruleViolation(NAME, ['input', 'pipelineId'], `The pipeline “${to.pipelineName}” is not in use any more.`)]
}

/** Names of input fields that differ from the name of the field. */
const INPUT_NAMES: Readonly<Record<string, string>> = { account: 'accountId', owner: 'ownerId', team: 'teamId' }

/** Returns an error for each field that the stage requires and that has no value: what is missing, and who asks for it. */
async function conditionErrors(context: PluginContext, write: Write, to: StageFacts): Promise<UserError[]> {
  const { before } = write
  const ownerId = before ? undefined : context.actor.id
  const values = {
    ownerId,
    ...before,
    ...write.values,
    contacts: to.requiredFields.includes('contacts') && (await hasContacts(context, write)) ? true : null,
  }
  return missingFields(to, values).map((name) =>
    ruleViolation(
      'opportunities.entryConditions',
      before ? placeOfStage(write) : ['input', INPUT_NAMES[name] ?? name],
      `The stage ${quoted(to)} of the pipeline “${to.pipelineName}” requires a value for ${name}.`,
    ),
  )
}

async function hasContacts({ unrestricted }: PluginContext, { id, before, items }: Write): Promise<boolean> {
  const sent = items.get('contacts')
  if (sent || !before) return (sent?.length ?? 0) > 0
  return (await unrestricted.prisma.opportunityContact.count({ where: { opportunityId: id } })) > 0
}
