import type { ClientBase } from 'pg'

/**
 * Milliseconds. A statement that adds a foreign key to a core table waits for the transactions that write to that
 * table, and every later statement on the table waits for it.
 */
const LOCK_LIMIT = 10_000

/** Runs a callback in one transaction of the client and returns its result. Rolls back when the callback throws. */
export async function inTransaction<Result>(client: ClientBase, run: () => Promise<Result>): Promise<Result> {
  await client.query(`begin; set local lock_timeout = ${LOCK_LIMIT}`)
  try {
    const result = await run()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
