import { defineOperation, defineQuery, notFound, sql } from 'rapport/plugin'
import { hits, keepReport } from './conflict-report.ts'
import { checkConflicts, searchFields } from './conflict-search.ts'

export const conflictCheck = defineQuery({
  name: 'conflictCheck',
  description: 'Looks for conflicts of interest in the whole workspace, whatever you may see of it. Keeps nothing.',
  permission: 'conflictReport:read',
  args: searchFields,
  answer: {
    type: {
      name: 'ConflictCheck',
      description: 'What a conflict check found.',
      fields: { hits, isComplete: { type: 'Boolean', description: 'False where an id was not found.' } },
    },
  },
  run: (args, context) => checkConflicts(context, args),
})

export const reportedConflicts = defineQuery({
  name: 'reportedConflicts',
  description: 'What a conflict check found that was kept, as far as you may see it today.',
  permission: 'conflictReport:read',
  args: { reportId: { type: 'ID', isRequired: true, description: 'The report.' } },
  answer: hits,
  async run({ reportId }, { records, transaction }) {
    const report = await records.get('ConflictReport', reportId)
    const [row] = await transaction.query<{ hits: unknown }>(sql`select hits from legal_conflict_checks
      where workspace_id = ${transaction.workspaceId}::uuid and id = ${report?.['id'] ?? null}::uuid`)
    return row?.hits
  },
})

export const saveConflictCheck = defineOperation({
  name: 'saveConflictCheck',
  description: 'Looks for conflicts of interest as `conflictCheck` does, and keeps what it found.',
  permission: 'conflictReport:create',
  input: searchFields,
  payload: { report: { type: 'ConflictReport', isNullable: true, description: 'What was kept.' }, hits },
  async run(input, context) {
    const check = await checkConflicts(context, input)
    if (!check.isComplete) return { values: {}, userErrors: [notFound(['input'], 'A record to look for')] }
    return { values: { report: await keepReport(context, check), hits: check.hits }, userErrors: [] }
  },
})
