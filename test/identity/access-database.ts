import { type Database, openDatabase } from '../../src/platform/data/database.ts'
import { createTestDatabase } from '../../src/testing/test-database.ts'

/** A migrated, empty database with connections of both roles: the owner and the server's role. */
export interface AccessDatabase extends Pick<Database, 'app' | 'ownerPool'> {
  /** Connection URL of the owner, for a second node on the same database. */
  readonly url: string
  /** Closes the connections and deletes the database. */
  drop(): Promise<void>
}

export async function createAccessDatabase(): Promise<AccessDatabase> {
  const { url, drop } = await createTestDatabase()
  const { app, ownerPool, close } = openDatabase(url)
  return {
    app,
    ownerPool,
    url,
    async drop() {
      await close()
      await drop()
    },
  }
}
