import { defineAct } from '../../../platform/declare/rules/act.ts'
import { ruleViolation } from '../../../platform/declare/rules/user-errors.ts'

export const makePipelineDefault = defineAct({
  name: 'makePipelineDefault',
  description:
    'Makes a pipeline the default one: new opportunities that name no pipeline are created in it. The former default is not the default any more.',
  object: 'Pipeline',
  async apply({ id, isActive }, { records, unrestricted }) {
    if (!isActive)
      return {
        refusals: [
          ruleViolation(
            'opportunities.pipelineStays',
            ['input', 'id'],
            'The pipeline is not in use: set isActive to true first.',
          ),
        ],
      }
    const former = await unrestricted.prisma.pipeline.findMany({
      where: { isDefault: true, deletedAt: null, NOT: { id } },
      select: { id: true },
    })
    // First, because a unique index allows one default pipeline only.
    for (const pipeline of former) await records.patch('Pipeline', pipeline.id, { isDefault: false })
    return { patch: { isDefault: true } }
  },
})
