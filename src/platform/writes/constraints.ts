import pg from 'pg'
import type { UniqueIndexes } from '../data/unique-indexes.ts'
import { duplicate, invalid, notFound, type UserError } from '../declare/rules/user-errors.ts'

const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'
const CHECK_VIOLATION = '23514'
const NUMERIC_OUT_OF_RANGE = '22003'

/**
 * Returns the user error for a constraint that a statement violated, or null for any other error. Rules check most
 * constraints before a write, but they can't see what a concurrent transaction writes.
 */
export function constraintError(error: unknown, uniqueIndexes: UniqueIndexes): UserError | null {
  if (!(error instanceof pg.DatabaseError)) return null
  if (error.code === UNIQUE_VIOLATION) {
    const columns = inputFields(uniqueIndexes.get(error.constraint ?? '')?.columns ?? [])
    return duplicate(
      columns.length > 0 ? ['input', ...columns] : null,
      `Another record has the same ${columns.join(' and ') || 'value'} already.`,
    )
  }
  if (error.code === FOREIGN_KEY_VIOLATION) return notFound(['input'], 'A record that the input refers to')
  if (error.code === CHECK_VIOLATION) return invalid(['input'], 'The values do not fit together.')
  if (error.code === NUMERIC_OUT_OF_RANGE) return invalid(['input'], 'A number is out of range.')
  return null
}

/** Returns the input fields of columns, without `workspace_id`: `sourceId` for `source_id`. */
function inputFields(columns: readonly string[]): string[] {
  return columns
    .filter((column) => column !== 'workspace_id')
    .map((column) => column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
}
