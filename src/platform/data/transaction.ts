import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { awaitAll } from '../async/await-all.ts'
import { isUuid } from '../formats/uuid.ts'
import type { Database } from './database.ts'
import type { SendStatement } from './prisma/joined-connection.ts'
import type { Sql } from './sql.ts'
import { sendTogether } from './together.ts'

/** Anything that runs statements: a pool, a connection within a transaction, or a transaction of a unit of work. */
export interface Statements {
  query(statement: Sql): Promise<unknown>
}

/** Runs statements in a transaction of one workspace. Row-level security hides the rows of all other workspaces. */
export interface WorkspaceStatements {
  readonly workspaceId: string
  /** Runs a statement and returns its rows. Calls without an `await` between them are sent together. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(statement: Sql): Promise<Row[]>
}

/** One transaction in one workspace. */
export interface Transaction extends WorkspaceStatements {
  /** Runs a statement of Prisma's and returns its rows as arrays, with values that Prisma's parsers have read. */
  queryForPrisma: SendStatement
  /**
   * Does nothing while the transaction is open.
   * @throws Error when it has ended: a statement that is sent then would run in the transaction of the connection's next
   * user, or outside of any transaction.
   */
  requireOpen(): void
  /** Registers a function that is called once, when the transaction ends: before its COMMIT or ROLLBACK is sent. */
  onEnd(callback: () => void): void
}

/**
 * When PostgreSQL plans a statement that is sent again and again: `once` for a connection, or for `each execution`, with
 * its values.
 */
export type Planning = 'once' | 'each execution'

/** Called before each statement, with its text and the values of its placeholders. */
export type StatementListener = (text: string, values: readonly unknown[]) => void

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
const MAX_ATTEMPTS = 5

/**
 * Runs one read-only statement in a transaction of its own, in one round trip: begin, workspace, statement and commit
 * are sent together.
 * @returns the rows
 */
export async function read<Row extends pg.QueryResultRow>(
  database: Database,
  workspaceId: string,
  statement: Sql,
  onStatement?: StatementListener,
  planning: Planning = 'once',
): Promise<Row[]> {
  const client = await database.app.connect()
  try {
    onStatement?.(statement.text, statement.values)
    sendTogether(client)
    const [, result] = await awaitAll([
      client.query(beginStatement(workspaceId, 'begin read only')),
      client.query<Row>(
        planning === 'once'
          ? preparedQuery(statement.text, statement.values)
          : { text: statement.text, values: [...statement.values] },
      ),
      client.query('commit'),
    ])
    client.release()
    return result.rows
  } catch (error) {
    // After an error of PostgreSQL the commit has ended the transaction, and the connection can be used again. Any
    // other error comes from the socket, so the connection is discarded.
    client.release(sqlState(error) === null)
    throw error
  }
}

/**
 * Calls `run` in one transaction of the workspace and returns its result: everything is committed, or nothing. After a
 * serialization failure or deadlock, `run` is called again, up to 5 times in all, so it must have no effect outside the
 * database. PostgreSQL refuses writes in a read-only transaction (SQLSTATE 25006).
 */
export async function transact<Result>(
  database: Database,
  workspaceId: string,
  run: (transaction: Transaction) => Promise<Result>,
  onStatement?: StatementListener,
  mode: 'read write' | 'read only' = 'read write',
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptTransaction(database, workspaceId, run, onStatement, mode)
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !isRetryable(error)) throw error
      await sleep(Math.random() * 10 * 2 ** attempt)
    }
  }
}

async function attemptTransaction<Result>(
  database: Database,
  workspaceId: string,
  run: (transaction: Transaction) => Promise<Result>,
  onStatement: StatementListener | undefined,
  mode: 'read write' | 'read only',
): Promise<Result> {
  const client = await database.app.connect()
  let isBroken = false
  let isOver = false
  const endCallbacks: (() => void)[] = []
  const end = () => {
    isOver = true
    for (const callback of endCallbacks.splice(0)) callback()
  }
  const requireOpen = () => {
    if (isOver) throw new Error('The transaction has ended. Await every statement before its function returns.')
  }
  const prepare = (text: string, values: readonly unknown[]) => {
    requireOpen()
    onStatement?.(text, values)
    sendTogether(client)
    return preparedQuery(text, values)
  }
  try {
    sendTogether(client)
    const begin = client.query(beginStatement(workspaceId, mode === 'read only' ? 'begin read only' : 'begin'))
    begin.catch(() => undefined)
    const result = await run({
      workspaceId,
      async query<Row extends pg.QueryResultRow>({ text, values }: Sql) {
        return (await client.query<Row>(prepare(text, values))).rows
      },
      queryForPrisma: async ({ text, values, types }) =>
        client.query<unknown[]>({ ...prepare(text, values), rowMode: 'array', types }),
      requireOpen,
      onEnd: (callback) => void endCallbacks.push(callback),
    })
    await begin
    end()
    await client.query('commit')
    return result
  } catch (error) {
    end()
    await client.query('rollback').catch(() => {
      isBroken = true
    })
    throw error
  } finally {
    client.release(isBroken)
  }
}

/**
 * Returns the statements that begin a transaction and set its workspace. The value that `set_config(…, true)` sets ends
 * with the transaction, so a pooled connection never carries a workspace over to its next user.
 */
export function beginStatement(workspaceId: string, begin: string): string {
  if (!isUuid(workspaceId)) throw new Error(`A workspace id must be a uuid, not ${JSON.stringify(workspaceId)}.`)
  return `${begin}; select set_config('app.workspace_id', '${workspaceId}', true)`
}

/**
 * Names of prepared statements, by the text of the statement. The value is null for a text that was sent only once so
 * far, without a name.
 */
const statementNames = new Map<string, string | null>()
const MAX_NAMED_STATEMENTS = 500

/**
 * Returns the query of a statement, named from its second use on. PostgreSQL plans a named statement once per
 * connection, and a deeply nested read takes longer to plan than to run. At most `MAX_NAMED_STATEMENTS` texts get a
 * name: clients can send any number of different selections, and each name occupies memory.
 */
function preparedQuery(
  text: string,
  parameters: readonly unknown[],
): { name?: string; text: string; values: unknown[] } {
  const values = [...parameters]
  const name = statementNames.get(text)
  if (name) return { name, text, values }
  if (name === null) {
    const newName = createHash('sha256').update(text).digest('base64url')
    statementNames.set(text, newName)
    return { name: newName, text, values }
  }
  if (statementNames.size < MAX_NAMED_STATEMENTS) statementNames.set(text, null)
  return { text, values }
}

/** SQLSTATE of a statement that needs a privilege which the role does not have. */
export const INSUFFICIENT_PRIVILEGE = '42501'

/** Returns the SQLSTATE of an error of PostgreSQL, or null for any other error. */
export function sqlState(error: unknown): string | null {
  return error instanceof pg.DatabaseError ? (error.code ?? null) : null
}

function isRetryable(error: unknown): boolean {
  const state = sqlState(error)
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
}
