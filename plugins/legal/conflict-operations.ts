import { decodeRecordId, defineOperation, defineQuery, notFound } from 'rapport/plugin'
import { hits, storeReport } from './conflict-report.ts'
import { checkConflicts, searchFields } from './conflict-search.ts'

export const conflictCheck = defineQuery({
  name: 'conflictCheck',
  description:
    'Searches the whole workspace for conflicts of interest, regardless of what the caller may see. Stores nothing.',
  permission: 'conflictReport:read',
  args: searchFields,
  answer: {
    type: {
      name: 'ConflictCheck',
      description: 'Result of a conflict check.',
      fields: {
        hits,
        isComplete: {
          type: 'Boolean',
          description: 'False when an id was not found, or when there were more than 25 names.',
        },
      },
    },
  },
  run: (args, context) => checkConflicts(context, args),
})

export const reportedConflicts = defineQuery({
  name: 'reportedConflicts',
  description: 'Hits of a stored conflict check. Records that are not visible to the caller now are null.',
  permission: 'conflictReport:read',
  args: { reportId: { type: 'ID', isRequired: true, description: 'The stored conflict check.' } },
  answer: hits,
  async run({ reportId }, { prisma }) {
    const id = decodeRecordId(reportId, 'conflicts')
    const report = id === null ? null : await prisma.conflictReport.findFirst({ where: { id }, select: { hits: true } })
    return report?.hits
  },
})

export const saveConflictCheck = defineOperation({
  name: 'saveConflictCheck',
  description: 'Runs the same check as `conflictCheck`, and stores the result.',
  permission: 'conflictReport:create',
  input: searchFields,
  payload: { report: { type: 'ConflictReport', isNullable: true, description: 'The stored conflict check.' }, hits },
  async run(input, context) {
    const check = await checkConflicts(context, input)
    if (!check.isComplete) return { values: {}, userErrors: [notFound(['input'], 'A record to check')] }
    return { values: { report: await storeReport(context, check), hits: check.hits }, userErrors: [] }
  },
})
