import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { openDatabase } from '../platform/data/database.ts'
import { shareEmbeddedPostgres } from '../platform/data/embedded/embedded-postgres.ts'
import type { CommandContext } from './command-context.ts'

/** A database that a command may use until it calls `close`. */
export interface DatabaseConnection {
  /** Connection URL of the owner of the tables. */
  readonly url: string
  /** Ends what was started for it. */
  close(): Promise<void>
}

/**
 * The database of this installation for a command named `title`: that of DATABASE_URL, or the embedded one. The
 * embedded one of a running server is shared; when none runs it is started, and ended by `close`.
 *
 * @throws EmbeddedPostgresError when there is no embedded database to be had
 */
export async function openDatabaseUrl(config: Config, log: Logger, title: string): Promise<DatabaseConnection> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, close: async () => undefined }
  const postgres = await shareEmbeddedPostgres({ home: config.home, log, title })
  return { url: postgres.url, close: () => postgres.stop() }
}

/** Does a command's work with a connection of the tables' owner, and closes everything after it. */
export async function withOwner<Result>(
  context: CommandContext,
  title: string,
  work: (ownerPool: Pool) => Promise<Result>,
): Promise<Result> {
  const connection = await openDatabaseUrl(context.config(), context.log(), title)
  try {
    const database = openDatabase(connection.url)
    try {
      return await work(database.ownerPool)
    } finally {
      await database.close()
    }
  } finally {
    await connection.close()
  }
}
