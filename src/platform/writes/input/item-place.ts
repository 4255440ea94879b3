import type { Model } from '../../data/models/models.ts'
import { type Sql, sql } from '../../data/sql.ts'
import type { Values } from '../../declare/rules/values.ts'

/**
 * Returns the column value that keeps an item at its place in the list; none for records that a create gives, which have
 * an order of their own.
 */
export function placeOf({ columns }: Model, position: number): Values {
  return columns.has('position') ? { position } : {}
}

/** Returns the order of stored items. New ids are larger than earlier ones. */
export function orderOfItems({ columns }: Model): Sql {
  return columns.has('position') ? sql`position, id` : sql`id`
}
