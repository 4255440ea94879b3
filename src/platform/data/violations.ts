import pg from 'pg'

const RESTRICT_VIOLATION = '23001'
const FOREIGN_KEY_VIOLATION = '23503'

/**
 * Whether PostgreSQL refused to delete a row because another row refers to it. The code of the error is enough only for
 * `ON DELETE RESTRICT` of PostgreSQL 18 and later: otherwise it has the code of a reference to a row that does not exist,
 * and the text tells which it is. A server with translated messages does not tell.
 */
export function isStillReferredTo(error: unknown): error is pg.DatabaseError {
  if (!(error instanceof pg.DatabaseError)) return false
  if (error.code === RESTRICT_VIOLATION) return true
  return error.code === FOREIGN_KEY_VIOLATION && error.message.startsWith('update or delete on table')
}
