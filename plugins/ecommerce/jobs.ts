import { defineJob, type PluginContext, type Sql, sql } from 'rapport/plugin'
import { minutesAfter, settingsOf } from './settings.ts'

const EVERY_5_MINUTES = '*/5 * * * *'
/** Carts of one run at most; the next run takes the rest. */
const BATCH = 500

/** Applies an act to carts that nobody else works on: they are locked, so that nodes share the work. */
async function actOnCarts({ transaction, records }: PluginContext, act: string, which: Sql): Promise<void> {
  const carts = await transaction.query<{ id: string }>(
    sql`select c.id from ecommerce_carts c
        where c.workspace_id = ${transaction.workspaceId}::uuid and c.deleted_at is null and ${which}
        order by c.id limit ${BATCH}::int for update skip locked`,
  )
  for (const { id } of carts) await records.act(act, id)
}

export const findAbandoned = defineJob({
  name: 'ecommerce.findAbandoned',
  description: 'Marks carts abandoned after a time without activity, plans their rescue, and gives up the old ones.',
  schedule: EVERY_5_MINUTES,
  async run(_payload, context) {
    const { abandonedAfterMinutes, expiresAfterDays } = await settingsOf(context)
    const idle = minutesAfter(context.now, -abandonedAfterMinutes)
    await actOnCarts(context, 'abandonCart', sql`c.status = 'OPEN' and c.last_activity_at <= ${idle}::timestamptz`)
    const old = minutesAfter(context.now, -expiresAfterDays * 1_440)
    await actOnCarts(context, 'expireCart', sql`c.status = 'ABANDONED' and c.abandoned_at <= ${old}::timestamptz`)
  },
})

export const rescue = defineJob({
  name: 'ecommerce.rescue',
  description: 'Sends the rescue messages that are due. A guest gets them once the contact is known.',
  schedule: EVERY_5_MINUTES,
  async run(_payload, context) {
    const isDue = sql`c.next_rescue_at <= ${context.now}::timestamptz and c.contact_id is not null`
    await actOnCarts(context, 'sendCartRescueMessage', sql`c.status = 'ABANDONED' and ${isDue}`)
  },
})
