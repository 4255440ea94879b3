import type { Pool, PoolClient } from 'pg'

/**
 * Runs `work` in one transaction of the owner's pool: all of it is committed, or nothing. Row-level security does not
 * hold the owner, so each statement has to name its workspace itself.
 */
export async function ownerTransaction<Result>(
  ownerPool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await ownerPool.connect()
  let broken = false
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}
