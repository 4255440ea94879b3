import { randomBytes } from 'node:crypto'
import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { invalid } from '../../../platform/declare/rules/user-errors.ts'
import { CONSENT_FIELD, FORM_FIELDS } from './form-fields.ts'

const RESERVED: readonly string[] = [...FORM_FIELDS, CONSENT_FIELD]

export const formFits = defineRule({
  name: 'leads.formFits',
  description: 'A form has a key of its own, and the trap for robots has a name that no field has.',
  object: 'LeadForm',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
  isIntegral: true,
  before({ kind, before, values: { honeypotField, needsConfirmation, fields } }) {
    const asksForEmail = (fields ?? before?.fields)?.includes('email') === true
    return {
      patch: kind === 'create' ? { key: randomBytes(18).toString('base64url') } : {},
      refusals: [
        ...(honeypotField && RESERVED.includes(honeypotField)
          ? [invalid(['input', 'honeypotField'], 'Visitors fill in this field: choose another name.')]
          : []),
        ...((needsConfirmation ?? before?.needsConfirmation) && !asksForEmail
          ? [invalid(['input', 'needsConfirmation'], 'Only a form with the field email can ask for its confirmation.')]
          : []),
      ],
    }
  },
})
