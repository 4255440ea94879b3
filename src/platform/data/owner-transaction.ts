import type { Pool, PoolClient } from 'pg'

/**
 * Calls `run` in one transaction of the owner's pool and returns its result: everything is committed, or nothing.
 * Row-level security does not apply to the owner, so a statement for one workspace has to name the workspace in its
 * conditions.
 */
export async function ownerTransaction<Result>(
  ownerPool: Pool,
  run: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await ownerPool.connect()
  let isBroken = false
  try {
    await client.query('begin')
    const result = await run(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {
      isBroken = true
    })
    throw error
  } finally {
    client.release(isBroken)
  }
}
