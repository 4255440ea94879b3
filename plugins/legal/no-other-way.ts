import { defineRule, ruleViolation, sql } from 'rapport/plugin'

export const noOtherWay = defineRule({
  name: 'legal.noOtherWay',
  description: 'A matter is opened by openMatter alone, which decides on the conflicts of this very version.',
  object: 'Matter',
  on: ['create', 'update'],
  isIntegral: true,
  async before({ id, before, values }, { transaction }) {
    if (values.status !== 'OPEN' || before?.status === 'OPEN') return undefined
    const [decision] = await transaction.query(sql`select 1 from legal_conflict_checks where matter_id = ${id}::uuid
      and workspace_id = ${transaction.workspaceId}::uuid and matter_version = ${before?.version ?? 0}::int`)
    if (decision) return undefined
    return { refusals: [ruleViolation('legal.noOtherWay', ['input', 'id'], 'Open the matter with openMatter.')] }
  },
})
