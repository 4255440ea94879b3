import { createHash } from 'node:crypto'
import { sql } from '../../data/sql.ts'
import type { Transaction } from '../../data/transaction.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { KEY_DAYS } from '../../writes/old-keys.ts'
import { parseAnswer, type RouteAnswer } from './route-answer.ts'

// The responses are in the table of the idempotency keys of mutations, under the actor of the plugin. The plugin's actor
// sends no mutations, so no key of one is a key of the other.

/** A request of a sender, by the name that its route has given it. */
export interface RequestKey {
  /** uuid of the plugin's actor. */
  readonly actorId: string
  /** Name of the route. */
  readonly route: string
  /** The key: see `storedKey`. */
  readonly key: string
  /** SHA-256 of the body. Senders may repeat a request with another body, such as with a counter: it is not compared. */
  readonly requestHash: string
}

const PLAIN_KEY = /^[\x21-\x7e]{1,255}$/

/** Returns the key as it is stored: a long text, or one with other characters than visible ASCII, as its hash. */
export function storedKey(key: string): string {
  return PLAIN_KEY.test(key) ? key : `sha256 ${createHash('sha256').update(key).digest('hex')}`
}

/**
 * Claims the key for this transaction and returns null, or returns the response that is stored under it. Another
 * transaction with the same key waits here until this one has ended.
 */
export async function claimRequest({ transaction, now }: UnitOfWork, request: RequestKey): Promise<RouteAnswer | null> {
  const { workspaceId } = transaction
  const { actorId, route, key, requestHash } = request
  // The column `answer` is JSON null until `storeAnswer` sets it in the same transaction.
  const claimed = await transaction.query(
    sql`insert into idempotency_keys (workspace_id, actor_id, key, path, request_hash, answer, created_at)
        values (${workspaceId}::uuid, ${actorId}::uuid, ${key}, ${route}, ${requestHash}, 'null', ${now}::timestamptz)
        on conflict (workspace_id, actor_id, key, path) do update
        set request_hash = excluded.request_hash, answer = excluded.answer, created_at = excluded.created_at
        where idempotency_keys.created_at < ${now}::timestamptz - make_interval(days => ${KEY_DAYS}::int)
        returning 1`,
  )
  if (claimed.length > 0) return null
  const [stored] = await transaction.query<{ answer: string }>(
    sql`select answer::text as answer from idempotency_keys
        where workspace_id = ${workspaceId}::uuid and actor_id = ${actorId}::uuid and key = ${key} and path = ${route}`,
  )
  if (!stored) throw new Error(`The stored response of a request to ${route} has disappeared.`)
  return parseAnswer(stored.answer)
}

/** Stores the response under a key that this transaction has claimed. */
export async function storeAnswer(transaction: Transaction, request: RequestKey, answer: RouteAnswer): Promise<void> {
  const { actorId, route, key } = request
  await transaction.query(
    sql`update idempotency_keys set answer = ${JSON.stringify(answer)}::jsonb
        where workspace_id = ${transaction.workspaceId}::uuid and actor_id = ${actorId}::uuid and key = ${key} and path = ${route}`,
  )
}
