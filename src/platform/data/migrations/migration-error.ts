/**
 * Thrown when the database could not be migrated. The message names the plugin (or `core`) and the file, and says what
 * to do.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/** Thrown when the database has migrations that this code does not have: a newer version of Rapport has migrated it. */
export class NewerDatabaseError extends Error {
  override readonly name = 'NewerDatabaseError'
}
