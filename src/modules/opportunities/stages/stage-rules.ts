import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineRule, type RuleResult, type TypedWrite } from '../../../platform/declare/rules/rule.ts'
import { invalid, ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'

type Write = TypedWrite<'Stage'>

/** What a stage of a closed kind says of its opportunities. */
const CLOSED = {
  WON: { probability: 100, forecastCategory: 'CLOSED' },
  LOST: { probability: 0, forecastCategory: 'OMITTED' },
} as const

const NAME = 'opportunities.stageFits'

export const stageFits = defineRule({
  name: NAME,
  description:
    'A stage has a probability and a forecast category that fit its kind. Its kind does not change while opportunities are in it.',
  object: 'Stage',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before(write, context): Promise<RuleResult> {
    const { before, values } = write
    const kind = values.kind ?? before?.kind ?? 'OPEN'
    const fixed = kind === 'OPEN' ? null : CLOSED[kind]
    const refusals = [
      ...figureErrors(write, fixed),
      ...(before && kind !== before.kind && (await isUsed(context, write.id))
        ? [
            ruleViolation(
              NAME,
              ['input', 'kind'],
              'Opportunities are or were in the stage: create another one instead.',
            ),
          ]
        : []),
    ]
    if (refusals.length > 0) return { refusals }
    return {
      patch: {
        ...fixed,
        ...(before || values.position !== undefined
          ? {}
          : { position: await nextPosition(context, String(values.pipelineId)) }),
      },
    }
  },
})

/** Returns errors for figures that the client sends and that differ from those of a stage of a closed kind. */
function figureErrors({ values }: Write, fixed: (typeof CLOSED)['WON' | 'LOST'] | null): UserError[] {
  if (!fixed) return []
  const { probability = fixed.probability, forecastCategory = fixed.forecastCategory } = values
  return [
    ...(probability === fixed.probability
      ? []
      : [invalid(['input', 'probability'], `It is ${fixed.probability} in a stage of this kind: leave it out.`)]),
    ...(forecastCategory === fixed.forecastCategory
      ? []
      : [
          invalid(
            ['input', 'forecastCategory'],
            `It is ${fixed.forecastCategory} in a stage of this kind: leave it out.`,
          ),
        ]),
  ]
}

async function nextPosition({ unrestricted }: PluginContext, pipelineId: string): Promise<number> {
  const { _max } = await unrestricted.prisma.stage.aggregate({ where: { pipelineId }, _max: { position: true } })
  return (_max.position ?? 0) + 1
}

/** Whether opportunities are or were in the stage. */
async function isUsed({ unrestricted }: PluginContext, stageId: string): Promise<boolean> {
  return (
    (await unrestricted.prisma.opportunityStageEntry.findFirst({ where: { stageId }, select: { id: true } })) !== null
  )
}

/** Keeps a stage that the history of an opportunity names. */
export const stageStays = defineRule({
  name: 'opportunities.stageStays',
  description: 'A stage in which opportunities are or were is not deleted.',
  object: 'Stage',
  on: ['delete'],
  isIntegral: true,
  async before({ id }, context): Promise<RuleResult | undefined> {
    if (!(await isUsed(context, id))) return undefined
    const why = 'Opportunities are or were in the stage. Set isActive to false, so that no more of them enter it.'
    return { refusals: [ruleViolation('opportunities.stageStays', ['input', 'id'], why)] }
  },
})
