/** The database could not be brought up to date. The message names the owner and file, and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** The database has migrations that this code does not know: a newer Rapport has run on it. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'
}
