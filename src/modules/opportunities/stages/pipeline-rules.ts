import { defineRule, type RuleResult } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'

export const pipelineStays = defineRule({
  name: 'opportunities.pipelineStays',
  description: 'The default pipeline stays in use, and a pipeline with opportunities is not deleted.',
  object: 'Pipeline',
  on: ['update', 'delete'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async before({ id, kind, before, values }, { unrestricted }): Promise<RuleResult | undefined> {
    const refuse = (field: string, why: string) => ({
      refusals: [ruleViolation('opportunities.pipelineStays', ['input', field], why)],
    })
    const isDefault = values.isDefault ?? before?.isDefault
    if (kind === 'update')
      return isDefault && values.isActive === false
        ? refuse(
            'isActive',
            'It is the default pipeline. Make another one the default first, with makePipelineDefault.',
          )
        : undefined
    if (isDefault)
      return refuse('id', 'It is the default pipeline. Make another one the default first, with makePipelineDefault.')
    const opportunity = await unrestricted.prisma.opportunity.findFirst({
      where: { pipelineId: id },
      select: { id: true },
    })
    return opportunity ? refuse('id', 'The pipeline has opportunities. Set isActive to false instead.') : undefined
  },
})

export const lossReasonStays = defineRule({
  name: 'opportunities.lossReasonStays',
  description: 'A reason for which deals were lost is not deleted.',
  object: 'LossReason',
  on: ['delete'],
  isIntegral: true,
  async before({ id }, { unrestricted }): Promise<RuleResult | undefined> {
    const lost = await unrestricted.prisma.opportunity.findFirst({ where: { lossReasonId: id }, select: { id: true } })
    const why = 'Opportunities were lost for the reason. Set isActive to false instead.'
    return lost ? { refusals: [ruleViolation('opportunities.lossReasonStays', ['input', 'id'], why)] } : undefined
  },
})
