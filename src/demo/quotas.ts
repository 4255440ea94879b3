import { shifted, spanAt } from '../modules/forecasts/index.ts'
import { sql } from '../platform/data/sql.ts'
import { dayIn } from '../platform/formats/day.ts'
import type { UnitOfWork } from '../platform/request/context.ts'
import { createAll } from './records.ts'

/** What each user is to win in a quarter, in turn. */
const AMOUNTS = ['90000', '75000', '60000', '120000'] as const

/** Creates quotas of the users for this quarter and the next one, and an adjustment, unless the workspace has any. */
export async function writeQuotas(work: UnitOfWork, userIds: readonly string[]): Promise<void> {
  const { transaction, context, now } = work
  const existing = await transaction.query(
    sql`select from quotas where workspace_id = ${transaction.workspaceId}::uuid limit 1`,
  )
  if (existing.length > 0) return
  const { calendar } = context.actor
  const current = spanAt(dayIn(calendar.timeZone, now), 3, calendar)
  const quarterOf = (count: number) => {
    const { firstMonth } = shifted(current, count)
    return { year: Math.floor(firstMonth / 12), quarter: (firstMonth % 12) / 3 + 1 }
  }
  const quotas = [0, 1].flatMap((count) =>
    userIds.map((ownerId, index) => ({
      ownerId,
      ...quarterOf(count),
      amount: { amount: AMOUNTS[index % AMOUNTS.length], currency: 'USD' },
    })),
  )
  await createAll(work, 'Quota', quotas)
  const adjustment = {
    ownerId: userIds[0],
    ...quarterOf(0),
    category: 'COMMIT',
    amount: { amount: '-12000', currency: 'USD' },
    reason: 'The customer moves half of the order to the next quarter.',
  }
  await createAll(work, 'ForecastAdjustment', [adjustment])
}
