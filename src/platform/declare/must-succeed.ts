import type { RecordWrite } from './records.ts'
import type { UserError } from './rules/user-errors.ts'

/** Maximum number of user errors that the message names. */
const MAX_NAMED = 10

/** The outcome of a write that was not refused. */
export type Succeeded<Written extends RecordWrite> = Written & { readonly id: string }

/**
 * Returns the outcome of a write of `records`, or the outcomes of several, when none was refused. For code that has no
 * caller to correct the input: handlers, jobs and seeds, which are retried or reported when they throw.
 * @throws Error that names the code, the path and the message of each user error (of ten at most); `cause` is the list of
 * all. Also when there is no record and no user error: an upsert found a soft-deleted record.
 * @example
 * const { id } = mustSucceed(await records.create('Task', { title: 'Call back' }))
 */
export function mustSucceed<Written extends RecordWrite>(written: Written): Succeeded<Written>
export function mustSucceed<Written extends RecordWrite>(written: readonly Written[]): Succeeded<Written>[]
export function mustSucceed<Written extends RecordWrite>(
  written: Written | readonly Written[],
): Succeeded<Written> | Succeeded<Written>[] {
  if (!isList(written)) return succeeded(written)
  const errors = written.flatMap(({ userErrors }) => userErrors)
  if (errors.length > 0) throw refused(errors)
  return written.map(succeeded)
}

function isList<Written extends RecordWrite>(written: Written | readonly Written[]): written is readonly Written[] {
  return Array.isArray(written)
}

function succeeded<Written extends RecordWrite>(written: Written): Succeeded<Written> {
  const { id, userErrors } = written
  if (userErrors.length > 0) throw refused(userErrors)
  if (id === null) throw new Error('The record was not written: it is soft-deleted. Restore it, or leave it out.')
  return { ...written, id }
}

function refused(errors: readonly UserError[]): Error {
  const named = errors
    .slice(0, MAX_NAMED)
    .map(({ code, path, message }) => `${code}${path ? ` at ${path.join('.')}` : ''}: ${message}`)
  const rest = errors.length > MAX_NAMED ? ` And ${errors.length - MAX_NAMED} more.` : ''
  return new Error(`A write was refused. ${named.join(' ')}${rest}`, { cause: errors })
}
