import { defineItem, type ModelTypes, type PluginContext, type Sql, sql, type VariantDeclaration } from 'rapport/plugin'
import { settingsOf } from './settings.ts'

export const rescueMessage: VariantDeclaration = {
  name: 'CartRescueMessage',
  of: 'Interaction',
  kind: 'CART_RESCUE_MESSAGE',
  description: 'A message that reminds a customer of an abandoned cart.',
  detail: defineItem({
    model: 'CartRescueMessageDetail',
    columns: { step: {}, couponCode: {} },
    relations: { cart: {} },
  }),
}

/** Why the customer of the cart `c` must not be written to; null where nothing is against it. */
const REASON = sql`case
  when exists (select from ecommerce_rescue_opt_outs o
    where o.workspace_id = c.workspace_id and o.deleted_at is null and (o.email = c.email or o.email in
      (select e.address from contact_emails e where e.workspace_id = c.workspace_id and e.contact_id = c.contact_id)))
    then 'OPTED_OUT'
  when exists (select from timeline_entries t
    join interactions i on i.workspace_id = t.workspace_id and i.id = t.interaction_id
    where t.workspace_id = c.workspace_id and t.record_id = c.contact_id and t.occurred_at >= c.abandoned_at
      and i.direction = 'INBOUND' and i.deleted_at is null)
    then 'REPLIED'
  when exists (select from ecommerce_carts l
    where l.workspace_id = c.workspace_id and l.contact_id = c.contact_id and l.id <> c.id
      and l.completed_at >= c.last_activity_at and l.deleted_at is null)
    then 'BOUGHT_LATER'
end`

type Stop = { readonly id: string; readonly reason: 'OPTED_OUT' | 'REPLIED' | 'BOUGHT_LATER' }

/** Carts under rescue that meet a condition on `c` and whose customers must not be written to, each with the reason. */
export function stops({ transaction }: PluginContext, which: Sql): Promise<readonly Stop[]> {
  return transaction.query<Stop>(
    sql`select found.id, found.reason from (
          select c.id, ${REASON} as reason from ecommerce_carts c
          where c.workspace_id = ${transaction.workspaceId}::uuid and c.deleted_at is null
            and c.status = 'ABANDONED' and c.rescue_stop_reason is null and ${which}
        ) found where found.reason is not null order by found.id`,
  )
}

export type Cart = ModelTypes['Cart']['columns']

/** Records a message as sent: whatever sends it finds it in the log. A step of a cart makes one message. */
export async function logMessage(
  context: PluginContext,
  { id, contactId, email, store, recoveryUrl }: Cart,
  step: number,
) {
  const { couponCode, couponFromStep } = await settingsOf(context)
  return context.records.log('Interaction', 'cartRescueMessage', {
    direction: 'OUTBOUND',
    occurredAt: context.now,
    subject: `Your cart at ${store}`,
    body: recoveryUrl,
    source: 'ecommerce',
    sourceId: `${id}/${step}`,
    participants: [{ role: 'TO', contactId, handle: email }],
    regardingIds: [{ type: 'Cart', id }],
    cartId: id,
    step,
    couponCode: step < couponFromStep ? null : couponCode,
  })
}
