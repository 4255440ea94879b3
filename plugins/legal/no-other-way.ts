import { defineRule, ruleViolation, sql } from 'rapport/plugin'

export const noOtherWay = defineRule({
  name: 'legal.noOtherWay',
  description:
    'Refuses to open a matter except by `openMatter`, which checks the current version of the matter for conflicts.',
  object: 'Matter',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ id, before, values }, { unrestricted, transaction }) {
    if (values.status !== 'OPEN' || before?.status === 'OPEN') return undefined
    // The conflict check may be hidden from the caller.
    const [decision] = await unrestricted.query(sql`select 1 from legal_conflict_checks where matter_id = ${id}::uuid
      and workspace_id = ${transaction.workspaceId}::uuid and matter_version = ${before?.version ?? 0}::int`)
    if (decision) return undefined
    return { refusals: [ruleViolation('legal.noOtherWay', ['input', 'id'], 'Open the matter with openMatter.')] }
  },
})
