import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { positionAfter } from '../board/rank.ts'
import { closingValues } from './closing-values.ts'
import { missingFields, moveRefusal, quoted, type StageFacts, stageValues } from './stage-change.ts'
import { defaultStage, type StoredStage, stageById, stageOfKind } from './stage-store.ts'

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
  async before(write, context): Promise<RuleResult | undefined> {
    const { before, values } = write
    if (before && (values.stageId === undefined || values.stageId === before.stageId)) return undefined
    const to = await stageFor(write, context)
    if (!to) return { refusals: [invalid(['input', 'pipelineId'], NO_STAGE)] }
    const path = placeOfStage(write)
    const refusals = [
      ...(before ? await moveErrors(context, before.stageId, to, write) : newErrors(write, to)),
      ...(to.isActive ? [] : [ruleViolation(NAME, path, `The stage ${quoted(to)} is not in use any more.`)]),
      ...(await conditionErrors(context, write, to)),
    ]
    const closing = await closingValues(context, write, to)
    if (closing.refusals || refusals.length > 0) return { refusals: [...refusals, ...(closing.refusals ?? [])] }
    return {
      patch: {
        ...stageValues(to),
        ...closing.patch,
        ...(values.position === undefined ? { position: positionAfter(to.lastPosition) } : {}),
        ...(before || values.ownerId !== undefined || context.actor.kind !== 'USER'
          ? {}
          : { ownerId: context.actor.id }),
      },
    }
  },
})

const NO_STAGE =
  'There is no open stage for a new opportunity: name a pipeline that has one, or make such a pipeline the default.'

function stageFor({ values }: Write, context: PluginContext): Promise<StoredStage | null> {
  if (values.stageId !== undefined) return stageById(context, values.stageId)
  return values.pipelineId === undefined ? defaultStage(context) : stageOfKind(context, values.pipelineId, 'OPEN')
}

/** Returns the path of the input field that decides on the stage. */
function placeOfStage({ operation }: Write): string[] {
  return ['input', operation === 'closeOpportunity' ? 'outcome' : 'stageId']
}

async function moveErrors(context: PluginContext, fromId: string, to: StageFacts, write: Write): Promise<UserError[]> {
  const from = await stageById(context, fromId)
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
  const { before, items } = write
  const ownerId = before ? undefined : context.actor.id
  const values = {
    ownerId,
    ...before,
    ...write.values,
    contacts:
      to.requiredFields.includes('contacts') && (await hasContacts(context, write.id, items.get('contacts')))
        ? true
        : null,
  }
  return missingFields(to, values).map((name) =>
    ruleViolation(
      'opportunities.entryConditions',
      before ? placeOfStage(write) : ['input', INPUT_NAMES[name] ?? name],
      `The stage ${quoted(to)} of the pipeline “${to.pipelineName}” requires a value for ${name}.`,
    ),
  )
}

async function hasContacts({ unrestricted }: PluginContext, id: string, sent: readonly unknown[] | undefined) {
  if (sent) return sent.length > 0
  return (await unrestricted.prisma.opportunityContact.count({ where: { opportunityId: id } })) > 0
}
