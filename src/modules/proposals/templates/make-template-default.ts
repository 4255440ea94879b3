import { defineAct } from '../../../platform/declare/rules/act.ts'

export const makeProposalTemplateDefault = defineAct({
  name: 'makeProposalTemplateDefault',
  description:
    'Makes a template the default one: quotes are sent with it from now on. The former default is not the default any more. Proposals that were sent stay as they are.',
  object: 'ProposalTemplate',
  async apply({ id }, { records, unrestricted }) {
    const former = await unrestricted.prisma.proposalTemplate.findMany({
      where: { isDefault: true, deletedAt: null, NOT: { id } },
      select: { id: true },
    })
    // First, because a unique index allows one default template only.
    for (const template of former) await records.patch('ProposalTemplate', template.id, { isDefault: false })
    return { patch: { isDefault: true } }
  },
})
