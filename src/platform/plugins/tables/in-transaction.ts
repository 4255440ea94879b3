import type { ClientBase } from 'pg'

// A foreign key to a core table waits for whoever writes there, and everybody else waits behind it. In ms.
const LOCK_LIMIT = 10_000

/** Does work in one transaction of the client: all of it is committed, or nothing. */
export async function inTransaction<Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> {
  await client.query(`begin; set local lock_timeout = ${LOCK_LIMIT}`)
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}
