import { defineRule } from '../../platform/declare/rules/rule.ts'
import { duplicate, type UserError } from '../../platform/declare/rules/user-errors.ts'
import type { Values } from '../../platform/declare/rules/values.ts'

/** Lists show the main address and number without a look at the others, so they are kept on the person too. */
export const primaryChannels = defineRule({
  name: 'contacts.primaryChannels',
  description:
    'The primary e-mail address and telephone number of a person are those marked among all of them, and none is named twice.',
  object: 'Contact',
  on: ['create', 'update'],
  isIntegral: true,
  async before(write) {
    const emails = write.items.get('emails')
    const phones = write.items.get('phones')
    return {
      refusals: [...namedTwice('emails', 'address', emails ?? []), ...namedTwice('phones', 'number', phones ?? [])],
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

/** A refusal for each entry whose value an earlier one has already. */
function namedTwice(field: string, column: string, items: readonly Values[]): UserError[] {
  const values = items.map((item) => item[column])
  return values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [duplicate(['input', field, String(index), column], `${String(value)} is named twice.`)]
      : [],
  )
}
