import { condition, defineHandler, list, many, type PluginContext, type RowReference, sql } from 'rapport/plugin'

/** Returns a FROM and WHERE clause: the carts `c` of a contact that the caller may see. */
const cartsOf = (contact: RowReference) =>
  sql`from ecommerce_carts c where c.workspace_id = ${contact.column('workspaceId')}
    and c.contact_id = ${contact.column('id')} and c.deleted_at is null and ${contact.sees('Cart', sql`c`)}`

/** Fields that the plugin adds to contacts. */
export const contactFields = {
  carts: many({
    description: 'Carts of the person, the cart with the latest activity first.',
    object: 'Cart',
    by: 'contact',
    defaultOrder: [{ field: 'lastActivityAt', direction: 'DESC' }],
  }),
  openCart: list({
    description: 'The open cart of the person with the latest activity.',
    object: 'Cart',
    isSingle: true,
    ids: (contact) =>
      sql`select c.id, 1 as position ${cartsOf(contact)} and c.status = 'OPEN' order by c.last_activity_at desc, c.id limit 1`,
  }),
}

export const hasAbandonedCart = condition({
  description: 'Whether the person has an abandoned cart.',
  type: 'Boolean',
  permission: 'cart:read',
  where: (contact) => sql`exists (select ${cartsOf(contact)} and c.status = 'ABANDONED')`,
})

/**
 * Returns contact ids (uuids) by e-mail address. When several contacts have an address, a contact with this primary
 * address is preferred, and then the oldest contact.
 * @param condition Condition of the contacts `p`. Without it, contacts that are hidden from the caller are found too.
 */
export async function contactsByEmail(
  { unrestricted, transaction }: PluginContext,
  emails: readonly string[],
  condition = sql`true`,
) {
  const rows = await unrestricted.query<{ address: string; id: string }>(
    sql`select distinct on (e.address) e.address, p.id from contact_emails e
        join contacts p on p.workspace_id = e.workspace_id and p.id = e.contact_id and p.deleted_at is null
        where e.workspace_id = ${transaction.workspaceId}::uuid and e.address = any(${[...new Set(emails)]}::text[])
          and ${condition}
        order by e.address, e.is_primary desc, p.id`,
  )
  return new Map(rows.map(({ address, id }) => [address, id]))
}

export const attachGuests = defineHandler({
  name: 'ecommerce.attachGuests',
  description: 'Assigns the carts of a guest to the contact who has the e-mail address of the guest.',
  on: { types: ['Contact'], operations: ['CREATED', 'UPDATED'] },
  async handle({ recordId: contactId, changedFields }, { prisma, records }) {
    if (!changedFields.includes('emails')) return
    const emails = await prisma.contactEmail.findMany({ where: { contactId }, select: { address: true } })
    const carts = await prisma.cart.findMany({
      where: { contactId: null, email: { in: emails.map(({ address }) => address) } },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: 1_000,
    })
    for (const { id } of carts) await records.update('Cart', id, { contactId })
  },
})
