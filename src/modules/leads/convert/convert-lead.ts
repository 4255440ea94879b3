import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { defineOperation, type OperationResult } from '../../../platform/declare/rules/operation.ts'
import { ruleViolation, staleVersion, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import { pendingError } from '../forms/confirmation.ts'
import { lockLead, type StoredLead } from '../stored-lead.ts'
import { findDuplicates } from './duplicates/find-duplicates.ts'
import { type ConvertInput, convertInput } from './input.ts'
import { makeRecords } from './make-records.ts'
import { moveActivities } from './move-activities.ts'
import { findTargets } from './targets.ts'

export const convertLead = defineOperation({
  name: 'convertLead',
  description:
    'Converts a lead: makes a contact of it, and an account and an opportunity, or connects it with existing ones. All of it is one transaction. The tasks and interactions of the lead move to the contact. A lead that is converted already answers with the records that it became, whatever the input is, so that the mutation can be sent again. The caller needs the permissions to create what is created, and to update what is connected.',
  permission: 'lead:update',
  isAtomic: true,
  input: convertInput,
  payload: {
    lead: { type: 'Lead', isNullable: true, description: 'The lead; null when there are errors.' },
    account: {
      type: 'Account',
      isNullable: true,
      description: 'The account that the lead became; null when it has none.',
    },
    contact: { type: 'Contact', isNullable: true, description: 'The contact that the lead became.' },
    opportunity: {
      type: 'Opportunity',
      isNullable: true,
      description: 'The opportunity that the lead became; null when it has none.',
    },
  },
  async run(input, context) {
    // All ids are looked up before anything else is refused: a hidden record gets the same errors as a missing one.
    const { targets, errors } = await findTargets(context, input)
    const { lead, missing } = await lockLead(context, input.id)
    if (lead?.status === 'CONVERTED') return converted(lead)
    if (!lead || errors.length > 0) return refused([...missing, ...errors])
    const refusals = refusalsOf(lead, input)
    if (refusals.length > 0) return refused(refusals)
    const duplicates = input.allowDuplicates ? [] : await findDuplicates(context, lead, input)
    if (duplicates.length > 0) return refused(duplicates)
    const made = await makeRecords(context, lead, input, targets)
    if ('errors' in made) return refused(made.errors)
    await moveActivities(context, lead.id, made)
    return await finish(context, { ...lead, ...made })
  },
})

function refusalsOf({ status, version, isConfirmationPending }: StoredLead, input: ConvertInput): UserError[] {
  if (input.version !== version) return [staleVersion(version, [])]
  if (isConfirmationPending) return [pendingError()]
  if (status !== 'DISQUALIFIED') return []
  const why = 'The lead is disqualified. Reopen it first, with reopenLead.'
  return [ruleViolation('leads.status', ['input', 'id'], why)]
}

async function finish(context: PluginContext, lead: StoredLead): Promise<OperationResult> {
  const { id, accountId, contactId, opportunityId } = lead
  const { userErrors } = await context.records.patch('Lead', id, {
    status: 'CONVERTED',
    convertedAt: context.now,
    recycleOn: null,
    statusComment: null,
    accountId,
    contactId,
    opportunityId,
  })
  return userErrors.length > 0 ? refused(userErrors) : converted(lead)
}

function converted({ id, accountId, contactId, opportunityId }: StoredLead): OperationResult {
  return { values: { lead: id, account: accountId, contact: contactId, opportunity: opportunityId }, userErrors: [] }
}

function refused(userErrors: readonly UserError[]): OperationResult {
  return { values: {}, userErrors }
}
