import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'

/** What is known of an order before it is added. Ids are uuids. */
export interface NewOrder {
  readonly workspaceId: string
  readonly quoteId: string
  readonly ownerId: string
  /** Texts that no other record has. */
  readonly number: string
  readonly orderedBy: string
  readonly lineName: string
  readonly sku: string
}

/**
 * Adds an order of a quote, with a line, as an acceptance makes it, and returns their uuids. An acceptance itself would
 * change the quote, its opportunity and their other quotes.
 */
export async function addOrder(ownerPool: Pool, order: NewOrder): Promise<{ id: string; lineId: string }> {
  const { workspaceId, quoteId, ownerId, number, orderedBy, lineName, sku } = order
  const [id, lineId] = [randomUUID(), randomUUID()]
  await ownerPool.query(
    `insert into orders (workspace_id, id, number, opportunity_id, account_id, owner_id, quote_id, quote_version_number, ordered_by,
       ordered_on, currency, subtotal, discount, tax, total, created_by_id, updated_by_id)
     select workspace_id, $2, $3, opportunity_id, account_id, $4, id, 1, $5, '2020-01-01', 'EUR', 10, 0, 0, 10, $4, $4
     from quotes where workspace_id = $1 and id = $6`,
    [workspaceId, id, number, ownerId, orderedBy, quoteId],
  )
  await ownerPool.query(
    `insert into order_lines (workspace_id, id, order_id, position, product_id, name, sku, quantity, currency, unit_price, total, net, tax)
     select workspace_id, $2, $3, 0, id, $4, $5, 1, 'EUR', 10, 10, 10, 0 from products where workspace_id = $1 order by id limit 1`,
    [workspaceId, lineId, id, lineName, sku],
  )
  return { id, lineId }
}
