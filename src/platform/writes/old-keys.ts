import type { Pool } from 'pg'
import type { Logger } from 'pino'
import { repeat } from '../async/repeat.ts'

/**
 * Days after which an idempotency key is deleted with what is stored under it. The key of a mutation counts for 24 hours,
 * the key of a route's request for all these days.
 */
export const KEY_DAYS = 30

/** Maximum number of keys that one statement deletes. */
const MAX_DELETED = 5_000
/** Milliseconds between rounds of deletion. */
const DELETE_MS = 86_400_000
/** Milliseconds until the first round: short, so that a server that is restarted every day deletes keys too. */
const FIRST_DELETE_MS = 60_000

// A request that has found its key holds a lock on the row until it has read the stored response.
const DELETE_OLD = `delete from idempotency_keys where (workspace_id, actor_id, key, path) in (
  select workspace_id, actor_id, key, path from idempotency_keys
  where created_at < now() - make_interval(days => $1) order by created_at limit $2 for update skip locked)`

/** Deletes idempotency keys that are older than KEY_DAYS, the oldest first and at most `most`. Returns their number. */
export async function deleteOldKeys(ownerPool: Pool, most: number = MAX_DELETED): Promise<number> {
  const { rowCount } = await ownerPool.query(DELETE_OLD, [KEY_DAYS, most])
  return rowCount ?? 0
}

/** Deletes old idempotency keys once a day, until `close`. Several nodes may do so at the same time. */
export function maintainKeys({
  database,
  log,
}: {
  readonly database: { readonly ownerPool: Pool }
  readonly log: Logger
}): { close(): Promise<void> } {
  const deleting = repeat(async () => {
    try {
      const deleted = await deleteOldKeys(database.ownerPool)
      if (deleted > 0) log.info({ deleted }, `Deleted idempotency keys that are older than ${KEY_DAYS} days`)
      return deleted === MAX_DELETED ? 0 : DELETE_MS
    } catch (error) {
      log.warn({ err: error }, 'Old idempotency keys could not be deleted; this is retried tomorrow')
      return DELETE_MS
    }
  }, FIRST_DELETE_MS)
  return { close: () => deleting.stop() }
}
