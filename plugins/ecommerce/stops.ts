import { defineAct, defineHandler, type PluginContext, ruleViolation, type Sql, sql } from 'rapport/plugin'
import { stoppedRescue } from './cart.ts'

/** SQL of the reason for which the rescue messages of the cart `c` have to stop; null when there is no reason. */
const STOP_REASON = sql`case
  when exists (select from ecommerce_rescue_opt_outs o where o.workspace_id = c.workspace_id and o.deleted_at is null
    and (o.email = c.email or o.email in (select e.address from contact_emails e
      where e.workspace_id = c.workspace_id and e.contact_id = c.contact_id))) then 'OPTED_OUT'
  when exists (select from timeline_entries t join interactions i on i.workspace_id = t.workspace_id
      and i.id = t.interaction_id and i.direction = 'INBOUND' and i.deleted_at is null
    where t.workspace_id = c.workspace_id and t.record_id = c.contact_id and t.occurred_at >= c.abandoned_at) then 'REPLIED'
  when exists (select from ecommerce_carts l where l.workspace_id = c.workspace_id and l.contact_id = c.contact_id
    and l.id <> c.id and l.completed_at >= c.last_activity_at and l.deleted_at is null) then 'BOUGHT_LATER'
end`

type Stop = { readonly id: string; readonly version: number; readonly reason: 'OPTED_OUT' | 'REPLIED' | 'BOUGHT_LATER' }

/**
 * Returns the abandoned carts `c` that meet a condition and whose rescue messages are to be stopped now. A reply or an
 * opt-out stops them also when it is hidden from the caller.
 */
export function stopsOf({ unrestricted, transaction }: PluginContext, condition: Sql): Promise<readonly Stop[]> {
  return unrestricted.query<Stop>(
    sql`select * from (select c.id, c.version, ${STOP_REASON} as reason from ecommerce_carts c
          where c.workspace_id = ${transaction.workspaceId}::uuid and c.deleted_at is null
            and c.status = 'ABANDONED' and c.rescue_stop_reason is null and ${condition}) candidates
        where reason is not null order by id`,
  )
}

export const stopCartRescue = defineAct({
  name: 'stopCartRescue',
  description: 'Stops the rescue messages of a cart.',
  object: 'Cart',
  async apply({ id, status, rescueStopReason }, context) {
    const message = 'The cart is not ABANDONED, so it has no rescue messages to stop.'
    if (status !== 'ABANDONED') return { refusals: [ruleViolation('ecommerce.cartStatus', ['input', 'id'], message)] }
    const [stop] = await stopsOf(context, sql`c.id = ${id}::uuid`)
    return { patch: stoppedRescue(rescueStopReason ?? stop?.reason ?? 'MANUAL') }
  },
})

export const stopRescues = defineHandler({
  name: 'ecommerce.stopRescues',
  description: 'Stops the rescue messages of carts whose customer replied, opted out or bought another cart later.',
  on: { types: ['Interaction', 'Cart', 'CartRescueOptOut'], operations: ['CREATED', 'UPDATED'] },
  async handle({ recordId }, context) {
    const [workspace, id] = [sql`${context.transaction.workspaceId}::uuid`, sql`${recordId}::uuid`]
    const isRecord = sql`x.workspace_id = ${workspace} and x.id = ${id}`
    // The carts of the customers of the changed record. The record has one of the three types in `on`, so the id is
    // looked up in the tables of all three types.
    const isAffected = sql`(c.email = any(array(select x.email from ecommerce_rescue_opt_outs x where ${isRecord}))
      or c.contact_id = any(array(select x.contact_id from ecommerce_carts x where ${isRecord}
        union all select t.record_id from timeline_entries t where t.workspace_id = ${workspace} and t.interaction_id = ${id}
        union all select e.contact_id from ecommerce_rescue_opt_outs x join contact_emails e
          on e.workspace_id = x.workspace_id and e.address = x.email where ${isRecord})))`
    // The patch is refused when the cart has changed in the meantime. The job checks that cart before its next message.
    for (const stop of await stopsOf(context, isAffected))
      await context.records.patch('Cart', stop.id, stoppedRescue(stop.reason), stop.version)
  },
})
