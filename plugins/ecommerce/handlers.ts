import { defineHandler, type Sql, sql } from 'rapport/plugin'
import { stops } from './rescue.ts'

/** Carts `c` that a change to a record of a type may concern. */
const CONCERNED: Readonly<Record<string, (id: Sql) => Sql>> = {
  Interaction: (id) => sql`c.contact_id in (select t.record_id from timeline_entries t
    where t.workspace_id = c.workspace_id and t.interaction_id = ${id})`,
  Cart: (id) => sql`c.contact_id = (select l.contact_id from ecommerce_carts l
    where l.workspace_id = c.workspace_id and l.id = ${id})`,
  CartRescueOptOut: (id) => sql`exists (select from ecommerce_rescue_opt_outs o
    where o.workspace_id = c.workspace_id and o.id = ${id} and (o.email = c.email or c.contact_id in
      (select e.contact_id from contact_emails e where e.workspace_id = c.workspace_id and e.address = o.email)))`,
}

export const stopRescues = defineHandler({
  name: 'ecommerce.stopRescues',
  description: 'Stops the rescue of carts whose customer replied, opted out or bought something later.',
  on: { types: Object.keys(CONCERNED), operations: ['CREATED', 'UPDATED'] },
  async handle({ type, recordId }, context) {
    const concerned = CONCERNED[type]?.(sql`${recordId}::uuid`)
    if (!concerned) return
    for (const { id } of await stops(context, concerned)) await context.records.act('stopCartRescue', id)
  },
})

export const attachGuests = defineHandler({
  name: 'ecommerce.attachGuests',
  description: 'Gives the carts of guests to the contact who turns out to have their e-mail address.',
  on: { types: ['Contact'], operations: ['CREATED', 'UPDATED'] },
  async handle({ recordId, changedFields }, { transaction, records }) {
    if (!changedFields.includes('emails')) return
    const carts = await transaction.query<{ id: string }>(
      sql`select c.id from ecommerce_carts c join contact_emails e
            on e.workspace_id = c.workspace_id and e.address = c.email and e.contact_id = ${recordId}::uuid
          where c.workspace_id = ${transaction.workspaceId}::uuid and c.contact_id is null and c.deleted_at is null
          order by c.id limit 1000`,
    )
    for (const { id } of carts) await records.update('Cart', id, { contactId: recordId })
  },
})
