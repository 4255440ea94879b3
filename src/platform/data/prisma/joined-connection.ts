import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'

/** One statement of Prisma's. */
export interface PrismaStatement {
  readonly text: string
  readonly values: readonly unknown[]
  /** Parsers of Prisma's adapter for the values of the result. */
  readonly types: pg.CustomTypesConfig
}

/** Sends a statement of Prisma's in the transaction that Prisma has joined. Rows are arrays of values. */
export type SendStatement = (statement: PrismaStatement) => Promise<pg.QueryArrayResult<unknown[]>>

/**
 * Carries an error through Prisma, which would replace an error of PostgreSQL by one of its own: the platform has to see
 * the SQLSTATE.
 */
export class PassedError extends Error {
  constructor(cause: unknown) {
    super('A statement of Prisma failed.', { cause })
  }
}

/**
 * Schema by which Prisma qualifies the name of each table. It does not exist in the database: whoever sends a statement
 * of Prisma's replaces each qualified name, so a statement that nobody has checked can't run.
 */
export const MARKER_SCHEMA = 'rapport$prisma'

/** Connections that Prisma's adapter takes in a call of `joinWith`. */
const joining = new AsyncLocalStorage<pg.PoolClient>()

/** Calls `begin`, in which Prisma begins a transaction; the statements of that transaction are sent by `send`. */
export function joinWith<Result>(send: SendStatement, begin: () => Result): Result {
  return joining.run(connectionFor(send), begin)
}

/** Returns the adapter of a client that sends statements only in transactions that it joins by `joinWith`. */
export function joiningAdapter(): PrismaPg {
  return new PrismaPg(new JoiningPool(), { schema: MARKER_SCHEMA })
}

/** Statements by which Prisma would begin and end a transaction. The platform has begun it, and ends it. */
const TRANSACTION_STATEMENTS: ReadonlySet<string> = new Set(['BEGIN', 'COMMIT', 'ROLLBACK'])

/** Returns what Prisma's adapter takes for a connection of a pool. The adapter calls these functions only. */
function connectionFor(send: SendStatement): pg.PoolClient {
  const connection = {
    on: () => undefined,
    removeListener: () => undefined,
    release: () => undefined,
    query: (statement: PrismaStatement) =>
      TRANSACTION_STATEMENTS.has(statement.text)
        ? Promise.resolve({ rows: [], fields: [], rowCount: 0 })
        : send(statement),
  }
  return Object.create(connection)
}

/** A pool without connections of its own. The adapter recognises a pool by the class `pg.Pool`. */
class JoiningPool extends pg.Pool {
  override connect(): Promise<pg.PoolClient>
  override connect(callback: never): void
  override connect(): Promise<pg.PoolClient> {
    const connection = joining.getStore()
    return connection ? Promise.resolve(connection) : Promise.reject(outsideOfTransaction())
  }

  override query(): never {
    throw outsideOfTransaction()
  }
}

function outsideOfTransaction(): Error {
  return new Error('Prisma Client can be used only in the transaction of the context that it belongs to.')
}
