import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openDatabase } from '../platform/data/database.ts'
import { shareEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import type { CommandContext } from './command-context.ts'

/** The database of a command. The command has to call `close` at its end. */
export interface DatabaseConnection {
  /** Connection URL of the role that owns the tables. */
  readonly url: string
  /** Stops the embedded PostgreSQL if `openDatabaseUrl` started it. */
  close(): Promise<void>
}

/**
 * Returns the database of this installation: the database of DATABASE_URL, or the embedded PostgreSQL when DATABASE_URL
 * is not set. Starts the embedded PostgreSQL, unless another process has already started it: both processes then use
 * the same PostgreSQL.
 *
 * @param title Name of the command. Other processes that use the same embedded PostgreSQL show it.
 * @throws EmbeddedPostgresError when the embedded PostgreSQL can't be used.
 */
export async function openDatabaseUrl(config: Config, log: Logger, title: string): Promise<DatabaseConnection> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, close: async () => undefined }
  const postgres = await shareEmbeddedPostgres({ home: config.home, log, title })
  return { url: postgres.url, close: () => postgres.stop() }
}

/**
 * Runs a callback with a connection pool of the role that owns the tables. Afterwards closes the pool, and stops the
 * embedded PostgreSQL if this process started it.
 *
 * @param title Name of the command.
 */
export async function withOwner<Result>(
  context: CommandContext,
  title: string,
  run: (ownerPool: Pool) => Promise<Result>,
): Promise<Result> {
  const connection = await openDatabaseUrl(context.config(), context.log(), title)
  try {
    const database = openDatabase(connection.url)
    try {
      return await run(database.ownerPool)
    } finally {
      await database.close()
    }
  } finally {
    await connection.close()
  }
}
