import { defineObject, defineRule } from 'rapport/plugin'
import { emailAddress } from './cart.ts'
import { contactsByEmail } from './contacts.ts'

export const optOut = defineObject({
  model: 'CartRescueOptOut',
  prefix: 'cartoptout',
  plural: 'cartRescueOptOuts',
  naturalKey: ['email'],
  columns: { email: { input: emailAddress } },
  relations: { contact: {} },
  writes: ['create', 'delete'],
})

export const nameOptedOut = defineRule({
  name: 'ecommerce.nameOptedOut',
  description: 'An opt-out refers to the contact who has the address.',
  object: 'CartRescueOptOut',
  on: ['create'],
  async before({ values: { email, contactId } }, context) {
    if (!email || contactId) return undefined
    return { patch: { contactId: (await contactsByEmail(context, [email])).get(email) ?? null } }
  },
})
