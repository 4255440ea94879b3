import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { ruleViolation, type UserError } from '../../../platform/declare/rules/user-errors.ts'

export const awaitConfirmation = defineRule({
  name: 'leads.awaitConfirmation',
  description:
    'A lead of a form that asks for a confirmation is pending, and belongs to nobody, until the person has confirmed the e-mail address.',
  object: 'Lead',
  on: ['create'],
  // Administrators can't disable the rule.
  isIntegral: true,
  async beforeAll(writes, { unrestricted }) {
    const ids = [...new Set(writes.flatMap(({ values: { formId } }) => formId ?? []))]
    if (ids.length === 0) return undefined
    const forms = await unrestricted.prisma.leadForm.findMany({
      where: { id: { in: ids }, needsConfirmation: true },
      select: { id: true },
    })
    const asking = new Set(forms.map(({ id }) => id))
    return writes.map(({ values: { formId, email } }) =>
      formId && asking.has(formId) && email ? { patch: { isConfirmationPending: true, ownerId: null } } : undefined,
    )
  },
})

export const pendingWaits = defineRule({
  name: 'leads.pendingWaits',
  description: 'Nobody works on a lead whose e-mail address is not confirmed yet.',
  object: 'Lead',
  on: ['startLead', 'assignLead'],
  isIntegral: true,
  before: ({ before }) => (before?.isConfirmationPending ? { refusals: [pendingError()] } : undefined),
})

/** Returns the error for a lead whose e-mail address is not confirmed yet. */
export function pendingError(): UserError {
  return ruleViolation('leads.pendingWaits', ['input', 'id'], 'The person has not confirmed the e-mail address yet.')
}
