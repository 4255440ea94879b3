import type { ClientBase } from 'pg'

/**
 * Milliseconds that a statement may wait for a lock. A statement that adds a foreign key to a core table waits for the
 * transactions that write to that table. While it waits, all later writes to the table wait too.
 */
const LOCK_LIMIT_MS = 10_000

/**
 * Runs a callback in one transaction of the client and returns its result. Rolls back when the callback throws or a
 * statement waits more than 10 seconds for a lock.
 */
export async function inTransaction<Result>(client: ClientBase, run: () => Promise<Result>): Promise<Result> {
  await client.query(`begin; set local lock_timeout = ${LOCK_LIMIT_MS}`)
  try {
    const result = await run()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
