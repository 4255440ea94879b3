import { defineRule, ruleViolation } from 'rapport/plugin'

export const noOtherWay = defineRule({
  name: 'legal.noOtherWay',
  description:
    'Refuses to open a matter except by `openMatter`, which checks the current version of the matter for conflicts.',
  object: 'Matter',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ id, before, values }, { unrestricted }) {
    if (values.status !== 'OPEN' || before?.status === 'OPEN') return undefined
    // The conflict check may be hidden from the caller.
    const decision = await unrestricted.prisma.conflictReport.findFirst({
      where: { matterId: id, matterVersion: before?.version ?? 0 },
      select: { id: true },
    })
    if (decision) return undefined
    return { refusals: [ruleViolation('legal.noOtherWay', ['input', 'id'], 'Open the matter with openMatter.')] }
  },
})
