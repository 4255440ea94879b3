import { defineRule } from '../../platform/declare/rules/rule.ts'
import { duplicate, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../platform/declare/rules/values.ts'

/**
 * Copies the primary e-mail address and telephone number to columns of the contact, so that lists can show them without
 * reading the rows of all addresses and numbers. Refuses an address or number that occurs twice.
 */
export const primaryChannels = defineRule({
  name: 'contacts.primaryChannels',
  description:
    'Sets `primaryEmail` and `primaryPhone` of a person to the address and number that are marked as primary, and refuses an address or number that occurs twice for the person.',
  object: 'Contact',
  on: ['create', 'update'],
  // Administrators can't disable the rule.
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

/** Returns an error for each item that has the same value in the column as an earlier item. */
function duplicateErrors(field: string, column: string, items: readonly Values[]): UserError[] {
  const values = items.map((item) => item[column])
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [duplicate(['input', field, String(index), column], `${String(value)} occurs twice.`)]
      : [],
  )
}
