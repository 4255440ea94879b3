import type pg from 'pg'
import { awaitAll } from '../async/await-all.ts'
import type { Database } from './database.ts'
import type { Sql } from './sql.ts'
import { sendTogether } from './together.ts'
import { beginStatement, type StatementListener } from './transaction.ts'

const CURSOR = 'batches'

/** A statement to read in batches, and where. */
export interface BatchedRead {
  readonly database: Database
  /** uuid */
  readonly workspaceId: string
  readonly statement: Sql
  /** Number of rows of a batch; the last one may have fewer. */
  readonly size: number
  readonly onStatement?: StatementListener | undefined
}

/**
 * Reads the rows of a statement through a cursor of PostgreSQL, in one read-only transaction: all rows are those of the
 * moment at which the first batch is read, and only one batch is in memory. The next batch is read when the caller asks
 * for it. The transaction ends, and its connection is free again, when all batches were read or the caller stops.
 */
export async function* readInBatches<Row extends pg.QueryResultRow>({
  database,
  workspaceId,
  statement,
  size,
  onStatement,
}: BatchedRead): AsyncGenerator<readonly Row[], void, undefined> {
  const client = await database.app.connect()
  let isCommitted = false
  try {
    const declare = `declare ${CURSOR} no scroll cursor for ${statement.text}`
    onStatement?.(declare, statement.values)
    sendTogether(client)
    await awaitAll([
      client.query(beginStatement(workspaceId, 'begin isolation level repeatable read, read only')),
      client.query({ text: declare, values: statement.values }),
    ])
    const fetch = `fetch ${size} from ${CURSOR}`
    for (let isLast = false; !isLast; ) {
      onStatement?.(fetch, [])
      const { rows } = await client.query<Row>(fetch)
      isLast = rows.length < size
      if (rows.length > 0) yield rows
    }
    await client.query('commit')
    isCommitted = true
  } finally {
    // A connection that can't even roll back is broken, and is closed instead of used again.
    const isBroken =
      !isCommitted &&
      (await client.query('rollback').then(
        () => false,
        () => true,
      ))
    client.release(isBroken)
  }
}
