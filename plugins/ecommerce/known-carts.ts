import { type PluginContext, sql, z } from 'rapport/plugin'
import type { Cart } from './rescue.ts'

/** What decides about a cart that a store tells of; the rest goes into the record as it is. GraphQL has checked it. */
const cartEvent = z.looseObject({
  sourceId: z.string().trim(),
  email: z.string().trim().toLowerCase().nullish(),
  contactId: z.string().nullish(),
  lastActivityAt: z.date(),
  completedAt: z.date().nullish(),
  total: z.object({ amount: z.string() }).loose().nullish(),
})
export const ingestInput = z.object({ store: z.string().trim(), carts: z.array(cartEvent) })
export type CartEvent = z.infer<typeof cartEvent>

/** Sorts what is told of one cart. Stores' clocks tick in seconds: of one instant, what is completed is later, then what comes to more. */
export const rankOf = ({
  lastActivityAt,
  completedAt,
  total,
}: Pick<CartEvent, 'lastActivityAt' | 'completedAt' | 'total'>) =>
  `${lastActivityAt.toISOString()} ${completedAt ? 1 : 0} ${Number(total?.amount ?? 0)
    .toFixed(4)
    .padStart(22, '0')}`

/** What is known of a cart. */
export interface KnownCart {
  readonly id: string
  readonly email: string | null
  readonly isDeleted: boolean
  readonly rank: string
}

/** Carts of a store by its ids of them, locked until the transaction ends. */
export async function knownCarts({ transaction }: PluginContext, store: string, sourceIds: readonly string[]) {
  const rows = await transaction.query<Cart>(
    sql`select c.id, c.source_id as "sourceId", c.email, c.deleted_at as "deletedAt", c.last_activity_at as "lastActivityAt",
          c.completed_at as "completedAt", c.total_amount as "totalAmount"
        from ecommerce_carts c where c.workspace_id = ${transaction.workspaceId}::uuid
          and c.store = ${store} and c.source_id = any(${[...sourceIds]}::text[]) order by c.id for update`,
  )
  return new Map<string, KnownCart>(
    rows.map(({ sourceId, id, email, deletedAt, totalAmount, ...times }) => {
      const rank = rankOf({ ...times, total: totalAmount === null ? null : { amount: totalAmount } })
      return [sourceId, { id, email, isDeleted: deletedAt !== null, rank }]
    }),
  )
}
