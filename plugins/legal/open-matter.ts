import { defineOperation, defineUserError, notFound, userError } from 'rapport/plugin'
import { hits as hitsField, storeReport } from './conflict-report.ts'
import { checkConflicts } from './conflict-search.ts'

export const conflictOfInterest = defineUserError({
  name: 'ConflictOfInterestError',
  description: 'The matter was not opened, because it has conflicts of interest that are not waived.',
  code: 'CONFLICT_OF_INTEREST',
  fields: {
    conflictIds: {
      type: 'ID',
      isList: true,
      description: 'Ids of the conflicts that are not waived. `hits` of the payload has their details.',
    },
  },
})

const waiver = {
  name: 'ConflictWaiverInput',
  description: 'The waiver of a conflict.',
  fields: {
    conflictId: { type: 'ID', isRequired: true, description: 'The conflict.' },
    reason: { type: 'String', isRequired: true, description: 'Reason, such as the informed consent of both sides.' },
  },
} as const

export const openMatter = defineOperation({
  name: 'openMatter',
  description: 'Opens or reopens a matter. Each conflict of interest has to be waived with a reason, which is stored.',
  permission: 'matter:update',
  input: {
    id: { type: 'ID', isRequired: true, description: 'The matter.' },
    version: {
      type: 'Int',
      isRequired: true,
      description:
        'Version of the matter that the caller has read. The operation is refused when the matter has a later version.',
    },
    waivers: { type: waiver, isList: true, description: 'Waivers of the conflicts.' },
    note: { type: 'String', description: 'Other reasons for the decision, stored with the report.' },
  },
  payload: {
    matter: { type: 'Matter', isNullable: true, description: 'The matter; null when it was not opened.' },
    report: {
      type: 'ConflictReport',
      isNullable: true,
      description: 'The stored conflict check; null when the matter was not opened.',
    },
    hits: hitsField,
  },
  async run({ id, version, waivers, note }, context) {
    const { matterId, names, hits } = await checkConflicts(context, { matterId: id })
    if (matterId === null) return { values: {}, userErrors: [notFound(['input', 'id'], 'Matter')] }
    const reasons = new Map<string | null, string>(
      waivers?.map(({ conflictId, reason }) => [conflictId, reason.trim()]),
    )
    const decided = hits.map((hit) => ({ ...hit, waiver: (hit.isConflict && reasons.get(hit.conflictId)) || null }))
    const unwaived = decided.filter((hit) => hit.isConflict && !hit.waiver)
    if (unwaived.length > 0) {
      const conflictIds = unwaived.flatMap(({ conflictId }) => conflictId ?? [])
      const conflicts = unwaived.length === 1 ? 'the conflict' : `each of the ${unwaived.length} conflicts`
      const message = `Waive ${conflicts} of interest with a reason, or decline the matter.`
      const refusal = userError(conflictOfInterest, ['input', 'waivers'], message, { conflictIds })
      return { values: { hits: decided }, userErrors: [refusal] }
    }
    const report = await storeReport(context, { matterId, names, hits: decided }, { version, note })
    const openedOn = context.now.toISOString().slice(0, 10)
    const patch = { status: 'OPEN', openedOn, closedOn: null } as const
    const { userErrors } = await context.records.patch('Matter', matterId, patch, version)
    return { values: userErrors.length > 0 ? {} : { matter: matterId, report, hits: decided }, userErrors }
  },
})
