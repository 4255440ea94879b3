import { defineObject, defineRule, type PluginContext, sql } from 'rapport/plugin'
import { emailAddress } from './cart.ts'

/** Contacts by e-mail address; of several the one whose main address it is, then the oldest. */
export async function contactsByEmail({ transaction }: PluginContext, emails: readonly string[]) {
  const rows = await transaction.query<{ address: string; id: string }>(
    sql`select distinct on (e.address) e.address, p.id from contact_emails e
        join contacts p on p.workspace_id = e.workspace_id and p.id = e.contact_id and p.deleted_at is null
        where e.workspace_id = ${transaction.workspaceId}::uuid and e.address = any(${[...new Set(emails)]}::text[])
        order by e.address, e.is_primary desc, p.id`,
  )
  return new Map(rows.map(({ address, id }) => [address, id]))
}

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
  description: 'An opt-out names the contact who has the address.',
  object: 'CartRescueOptOut',
  on: ['create'],
  async before({ values: { email, contactId } }, context) {
    if (!email || contactId) return undefined
    return { patch: { contactId: (await contactsByEmail(context, [email])).get(email) ?? null } }
  },
})
