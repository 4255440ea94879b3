import { type ColumnsOf, defineJob, type PluginContext, type Sql, sql } from 'rapport/plugin'
import { stoppedRescue } from './cart.ts'
import { sendMessage } from './rescue.ts'
import { workspaceSettings } from './settings.ts'
import { stopsOf } from './stops.ts'

const minutesAfter = (time: Date, count: number) => new Date(time.getTime() + count * 60_000)

/**
 * Locks and returns at most 500 carts `c` that meet a condition. Skips carts that another run has locked, so that several
 * nodes can run a job at the same time. The next run processes the remaining carts.
 */
function lockCarts({ transaction, sees }: PluginContext, condition: Sql): Promise<ColumnsOf<'Cart'>[]> {
  return transaction.query<ColumnsOf<'Cart'>>(
    sql`select c.id, c.contact_id as "contactId", c.email, c.store, c.recovery_url as "recoveryUrl",
          c.rescue_count as "rescueCount", c.first_rescue_at as "firstRescueAt", c.rescue_stop_reason as "rescueStopReason"
        from ecommerce_carts c
        where c.workspace_id = ${transaction.workspaceId}::uuid and c.deleted_at is null and ${condition}
          and ${sees('Cart', sql`c`)}
        order by c.id limit 500 for update skip locked`,
  )
}

/**
 * Returns the columns that schedule the next message of a cart. When `minutes` is 0 or less, all messages were sent,
 * and the columns stop the rescue.
 */
const plannedRescue = (now: Date, minutes: number) =>
  minutes > 0 ? { nextRescueAt: minutesAfter(now, minutes), rescueStopReason: null } : stoppedRescue('MAXIMUM_REACHED')

export const findAbandoned = defineJob({
  name: 'ecommerce.findAbandoned',
  description:
    'Marks carts without recent activity as abandoned, schedules their rescue messages, and marks old abandoned carts as expired.',
  schedule: '*/5 * * * *',
  async run(_payload, context) {
    const { now, records } = context
    const { abandonedAfterMinutes, rescueDelaysMinutes, expiresAfterDays } = await context.settings(workspaceSettings)
    const idleSince = sql`${minutesAfter(now, -abandonedAfterMinutes)}::timestamptz`
    for (const cart of await lockCarts(context, sql`c.status = 'OPEN' and c.last_activity_at <= ${idleSince}`)) {
      const plan = plannedRescue(now, rescueDelaysMinutes[cart.rescueCount] ?? 0)
      await records.patch('Cart', cart.id, { status: 'ABANDONED', abandonedAt: now, ...plan })
    }
    const expiredBefore = sql`${minutesAfter(now, -expiresAfterDays * 1_440)}::timestamptz`
    for (const cart of await lockCarts(context, sql`c.status = 'ABANDONED' and c.abandoned_at <= ${expiredBefore}`))
      await records.patch('Cart', cart.id, { status: 'EXPIRED', ...stoppedRescue(cart.rescueStopReason ?? 'EXPIRED') })
  },
})

export const rescue = defineJob({
  name: 'ecommerce.rescue',
  description: 'Sends the rescue messages that are due for carts with a contact.',
  schedule: '*/5 * * * *',
  async run(_payload, context) {
    const { now, records } = context
    const isDue = sql`c.status = 'ABANDONED' and c.next_rescue_at <= ${now}::timestamptz and c.contact_id is not null`
    const carts = await lockCarts(context, isDue)
    const stops = await stopsOf(context, sql`c.id = any(${carts.map(({ id }) => id)}::uuid[])`)
    const { rescueDelaysMinutes: delays } = await context.settings(workspaceSettings)
    for (const cart of carts) {
      const step = cart.rescueCount + 1
      const reason = stops.find(({ id }) => id === cart.id)?.reason ?? (await sendMessage(context, cart, step))
      const nextPlan = plannedRescue(now, (delays[step] ?? 0) - (delays[step - 1] ?? 0))
      const sentColumns = { rescueCount: step, firstRescueAt: cart.firstRescueAt ?? now, ...nextPlan }
      await records.patch('Cart', cart.id, reason ? stoppedRescue(reason) : sentColumns)
    }
  },
})
