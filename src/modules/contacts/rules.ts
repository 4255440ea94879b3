import { defineRule } from '../../platform/operations/define.ts'
import type { Values } from '../../platform/operations/define.ts'

/** Lists show the main address and number without a look at the others, so they are kept on the person too. */
export const primaryChannels = defineRule({
  name: 'contacts.primaryChannels',
  description: 'The primary e-mail address and telephone number of a person are those marked among all of them.',
  object: 'Contact',
  on: ['create', 'update'],
  async before(write) {
    const emails = write.items.get('emails')
    const phones = write.items.get('phones')
    return {
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
