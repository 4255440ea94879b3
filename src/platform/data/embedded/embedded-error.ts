/**
 * Thrown when the embedded PostgreSQL cannot be used. The message is meant for the operator: what happened, where,
 * and what to do.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError'
}

/** Returns the code of a failed system call, such as `EACCES`, or undefined for any other error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Returns an error for the operator that says why a folder cannot be written and what to do. */
export function notWritableError(folder: string, error: unknown): EmbeddedPostgresError {
  const reason = error instanceof Error ? error.message : String(error)
  return new EmbeddedPostgresError(
    `Cannot write in ${folder} (${reason}). Give this user the right to write there, or set RAPPORT_HOME to another folder.`,
    { cause: error },
  )
}
