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
  description: 'Sets the contact of an opt-out to the contact who has the e-mail address of the opt-out.',
  object: 'CartRescueOptOut',
  on: ['create'],
  async before({ values: { email, contactId } }, context) {
    if (!email || contactId) return undefined
    return { patch: { contactId: (await contactsByEmail(context, [email])).get(email) ?? null } }
  },
})
