import { type ColumnsOf, defineJob, type PluginContext, type Sql, sql } from 'rapport/plugin'
import { stopped } from './cart.ts'
import { logMessage } from './rescue.ts'
import { workspaceSettings } from './settings.ts'
import { stopsOf } from './stops.ts'

const minutesAfter = (time: Date, count: number) => new Date(time.getTime() + count * 60_000)

/** 500 carts at most that nobody else works on: they are locked, so that nodes share the work. The next run takes the rest. */
function cartsWhere({ transaction }: PluginContext, which: Sql): Promise<ColumnsOf<'Cart'>[]> {
  return transaction.query<ColumnsOf<'Cart'>>(
    sql`select c.id, c.contact_id as "contactId", c.email, c.store, c.recovery_url as "recoveryUrl",
          c.rescue_count as "rescueCount", c.first_rescue_at as "firstRescueAt", c.rescue_stop_reason as "rescueStopReason"
        from ecommerce_carts c
        where c.workspace_id = ${transaction.workspaceId}::uuid and c.deleted_at is null and ${which}
        order by c.id limit 500 for update skip locked`,
  )
}

/** Columns of a cart whose next message is due so many minutes from now; of none to come where these are not positive. */
const planned = (now: Date, minutes: number) =>
  minutes > 0 ? { nextRescueAt: minutesAfter(now, minutes), rescueStopReason: null } : stopped('MAXIMUM_REACHED')

export const findAbandoned = defineJob({
  name: 'ecommerce.findAbandoned',
  description: 'Marks carts abandoned after a time without activity, plans their rescue, and gives up the old ones.',
  schedule: '*/5 * * * *',
  async run(_payload, context) {
    const { now, records } = context
    const { abandonedAfterMinutes, rescueDelaysMinutes, expiresAfterDays } = await context.settings(workspaceSettings)
    const idle = sql`${minutesAfter(now, -abandonedAfterMinutes)}::timestamptz`
    for (const cart of await cartsWhere(context, sql`c.status = 'OPEN' and c.last_activity_at <= ${idle}`)) {
      const plan = planned(now, rescueDelaysMinutes[cart.rescueCount] ?? 0)
      await records.patch('Cart', cart.id, { status: 'ABANDONED', abandonedAt: now, ...plan })
    }
    const old = sql`${minutesAfter(now, -expiresAfterDays * 1_440)}::timestamptz`
    for (const cart of await cartsWhere(context, sql`c.status = 'ABANDONED' and c.abandoned_at <= ${old}`))
      await records.patch('Cart', cart.id, { status: 'EXPIRED', ...stopped(cart.rescueStopReason ?? 'EXPIRED') })
  },
})

export const rescue = defineJob({
  name: 'ecommerce.rescue',
  description: 'Sends the rescue messages that are due. A guest gets them once the contact is known.',
  schedule: '*/5 * * * *',
  async run(_payload, context) {
    const { now, records } = context
    const isDue = sql`c.status = 'ABANDONED' and c.next_rescue_at <= ${now}::timestamptz and c.contact_id is not null`
    const carts = await cartsWhere(context, isDue)
    const stops = await stopsOf(context, sql`c.id = any(${carts.map(({ id }) => id)}::uuid[])`)
    const { rescueDelaysMinutes: delays } = await context.settings(workspaceSettings)
    for (const cart of carts) {
      const step = cart.rescueCount + 1
      const reason = stops.find(({ id }) => id === cart.id)?.reason ?? (await logMessage(context, cart, step))
      const plan = planned(now, (delays[step] ?? 0) - (delays[step - 1] ?? 0))
      const next = { rescueCount: step, firstRescueAt: cart.firstRescueAt ?? now, ...plan }
      await records.patch('Cart', cart.id, reason ? stopped(reason) : next)
    }
  },
})
