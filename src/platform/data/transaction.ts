import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { awaitAll } from '../async/await-all.ts'
import { isUuid } from '../formats/uuid.ts'
import type { Database } from './database.ts'
import type { Sql } from './sql.ts'
import { sendTogether } from './together.ts'

/** One transaction in one workspace: row-level security shows nothing of any other. */
export interface Transaction {
  readonly workspaceId: string
  /** Runs a statement and answers its rows. Statements that are not awaited in between travel together. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(statement: Sql): Promise<Row[]>
}

/** Told of a statement's text and of the values of its placeholders. */
export type StatementListener = (text: string, values: readonly unknown[]) => void

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const MAX_ATTEMPTS = 5
/**
 * Reads with one statement in one round trip: begin, workspace, statement and commit travel together.
 * Answers the rows.
 */
export async function read<Row extends pg.QueryResultRow>(
  database: Database,
  workspaceId: string,
  statement: Sql,
  onStatement?: StatementListener,
): Promise<Row[]> {
  const client = await database.app.connect()
  try {
    onStatement?.(statement.text, statement.values)
    sendTogether(client)
    const [, result] = await awaitAll([
      client.query(opening(workspaceId, 'begin read only')),
      client.query<Row>(prepared(statement)),
      client.query('commit'),
    ])
    client.release()
    return result.rows
  } catch (error) {
    // A refused statement leaves a usable connection behind the commit; anything else came from the socket.
    client.release(sqlState(error) === null)
    throw error
  }
}

/**
 * Runs `work` in one transaction of the workspace: all of it is committed, or nothing.
 * A serialization failure or deadlock runs `work` again from the start, so it must have no effect outside the database.
 * A read-only one refuses to write (SQLSTATE 25006).
 */
export async function transact<Result>(
  database: Database,
  workspaceId: string,
  work: (transaction: Transaction) => Promise<Result>,
  onStatement?: StatementListener,
  mode: 'read write' | 'read only' = 'read write',
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(database, workspaceId, work, onStatement, mode)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error
      await sleep(Math.random() * 10 * 2 ** attempt)
    }
  }
}

async function attemptTransaction<Result>(
  database: Database,
  workspaceId: string,
  work: (transaction: Transaction) => Promise<Result>,
  onStatement: StatementListener | undefined,
  mode: 'read write' | 'read only',
): Promise<Result> {
  const client = await database.app.connect()
  let broken = false
  let isOver = false
  try {
    sendTogether(client)
    const begun = client.query(opening(workspaceId, mode === 'read only' ? 'begin read only' : 'begin'))
    begun.catch(() => undefined)
    const result = await work({
      workspaceId,
      async query<Row extends pg.QueryResultRow>(statement: Sql) {
        // Whoever comes late must not write in the transaction of the connection's next user, or in none.
        if (isOver) throw new Error('The transaction is over. Await every statement before the work ends.')
        onStatement?.(statement.text, statement.values)
        sendTogether(client)
        return (await client.query<Row>(prepared(statement))).rows
      },
    })
    await begun
    isOver = true
    await client.query('commit')
    return result
  } catch (error) {
    isOver = true
    await client.query('rollback').catch(() => {
      broken = true
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** `set_config(…, true)` ends with the transaction, so a pooled connection never carries a workspace to its next user. */
function opening(workspaceId: string, begin: string): string {
  if (!isUuid(workspaceId)) throw new Error(`A workspace id must be a uuid, not ${JSON.stringify(workspaceId)}.`)
  return `${begin}; select set_config('app.workspace_id', '${workspaceId}', true)`
}

const statementNames = new Map<string, string | null>()
const MAX_NAMED_STATEMENTS = 500

/**
 * PostgreSQL plans a named statement once per connection; a deep read costs more to plan than to run. A name is given
 * from the second use on, and to so many texts at most: clients can send any number of shapes, and each name holds memory.
 */
function prepared(statement: Sql): pg.QueryConfig {
  const text = statement.text
  const name = statementNames.get(text)
  if (name) return { name, text, values: statement.values }
  if (name === null) {
    const given = createHash('sha256').update(text).digest('base64url')
    statementNames.set(text, given)
    return { name: given, text, values: statement.values }
  }
  if (statementNames.size < MAX_NAMED_STATEMENTS) statementNames.set(text, null)
  return { text, values: statement.values }
}

/** The SQLSTATE of what a role may not do. */
export const INSUFFICIENT_PRIVILEGE = '42501'

/** SQLSTATE of a PostgreSQL error, or null for any other. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null
}

function isRetryable(error: unknown): boolean {
  const state = sqlState(error)
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
}
