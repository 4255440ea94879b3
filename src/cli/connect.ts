import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openDatabase } from '../platform/data/database.ts'
import { shareEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import type { CommandContext } from './command-context.ts'

/** The database that a command uses until it calls `close`. */
export interface DatabaseConnection {
  /** Connection URL, as the owner of the tables. */
  readonly url: string
  /** Stops the PostgreSQL that was started for it, if any. */
  close(): Promise<void>
}

/**
 * Returns the database of this installation for the command `title`: that of DATABASE_URL, or else the embedded one. The
 * embedded PostgreSQL of a running server is shared. When none runs, one is started, which `close` stops.
 *
 * @throws EmbeddedPostgresError when the embedded PostgreSQL can't be used.
 */
export async function openDatabaseUrl(config: Config, log: Logger, title: string): Promise<DatabaseConnection> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, close: async () => undefined }
  const postgres = await shareEmbeddedPostgres({ home: config.home, log, title })
  return { url: postgres.url, close: () => postgres.stop() }
}

/** Runs a callback of the command `title` with connections of the tables' owner, and closes everything afterwards. */
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
