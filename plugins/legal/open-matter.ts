import { defineOperation, defineUserError, notFound, userError } from 'rapport/plugin'
import { hits, keepReport } from './conflict-report.ts'
import { checkConflicts } from './conflict-search.ts'

export const conflictOfInterest = defineUserError({
  name: 'ConflictOfInterestError',
  description: 'A matter was not opened for conflicts of interest that nobody has waived.',
  code: 'CONFLICT_OF_INTEREST',
  fields: { conflictIds: { type: 'ID', isList: true, description: 'The conflicts, which `hits` tells more of.' } },
})

const waiver = {
  name: 'ConflictWaiverInput',
  description: 'Why a conflict does not stand in the way.',
  fields: {
    conflictId: { type: 'ID', isRequired: true, description: 'The conflict.' },
    reason: { type: 'String', isRequired: true, description: 'Why, such as the informed consent of both sides.' },
  },
} as const

export const openMatter = defineOperation({
  name: 'openMatter',
  description: 'Takes a matter on, or up again. Each conflict of interest is waived with a reason, which is kept.',
  permission: 'matter:update',
  input: {
    id: { type: 'ID', isRequired: true, description: 'The matter.' },
    version: { type: 'Int', isRequired: true, description: 'Version of the matter that you have seen.' },
    waivers: { type: waiver, isList: true, description: 'Conflicts that do not stand in the way.' },
    note: { type: 'String', description: 'What else was considered.' },
  },
  payload: {
    matter: { type: 'Matter', isNullable: true, description: 'The matter; null when it was not opened.' },
    report: { type: 'ConflictReport', isNullable: true, description: 'What was kept; null when it was not opened.' },
    hits,
  },
  async run({ id, version, waivers, note }, context) {
    const { matterId, names, hits } = await checkConflicts(context, { matterId: id })
    if (matterId === null) return { values: {}, userErrors: [notFound(['input', 'id'], 'Matter')] }
    const reasons = new Map<string | null, string>(waivers?.map((each) => [each.conflictId, each.reason.trim()]))
    const found = hits.map((hit) => ({ ...hit, waiver: (hit.isConflict && reasons.get(hit.conflictId)) || null }))
    const open = found.filter((hit) => hit.isConflict && !hit.waiver)
    if (open.length > 0) {
      const conflictIds = open.flatMap(({ conflictId }) => conflictId ?? [])
      const conflicts = open.length === 1 ? 'the conflict' : `each of the ${open.length} conflicts`
      const message = `Waive ${conflicts} of interest with a reason, or decline the matter.`
      const refusal = userError(conflictOfInterest, ['input', 'waivers'], message, { conflictIds })
      return { values: { hits: found }, userErrors: [refusal] }
    }
    const report = await keepReport(context, { matterId, names, hits: found }, { version, note })
    const opened = { status: 'OPEN', openedOn: context.now.toISOString().slice(0, 10), closedOn: null }
    const { userErrors } = await context.records.patch('Matter', matterId, opened, version)
    return { values: userErrors.length > 0 ? {} : { matter: matterId, report, hits: found }, userErrors }
  },
})
