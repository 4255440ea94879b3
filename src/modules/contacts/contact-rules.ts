import { defineRule } from '../../platform/declare/rules/rule.ts'
import { duplicate, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../platform/declare/rules/values.ts'

/** Copies the primary address and number to the contact's own columns: lists show them without reading the items. */
export const primaryChannels = defineRule({
  name: 'contacts.primaryChannels',
  description:
    'The primary e-mail address and telephone number of a person are those marked as primary, and no address or number occurs twice.',
  object: 'Contact',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write) {
    const emails = write.items.get('emails')
    const phones = write.items.get('phones')
    return {
      refusals: [
        ...duplicateErrors('emails', 'address', emails ?? []),
        ...duplicateErrors('phones', 'number', phones ?? []),
      ],
      patch: {
        ...(emails ? { primaryEmail: primaryOf(emails, 'address') } : {}),
        ...(phones ? { primaryPhone: primaryOf(phones, 'number') } : {}),
      },
    }
  },
})

function primaryOf(items: readonly Values[], column: string): unknown {
  return items.find((item) => item['isPrimary'] === true)?.[column] ?? null
}

/** Returns an error for each item whose value an earlier item has too. */
function duplicateErrors(field: string, column: string, items: readonly Values[]): UserError[] {
  const values = items.map((item) => item[column])
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [duplicate(['input', field, String(index), column], `${String(value)} occurs twice.`)]
      : [],
  )
}
