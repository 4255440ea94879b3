import type { ImportOrder } from '../../platform/imports/import-order.ts'
import type { ImportOutcome, ImportReport } from '../../platform/imports/import-table.ts'

/** Maximum number of row errors that are printed. */
const MAX_PRINTED_ERRORS = 50

/** Returns a summary of an import in one line: the number of rows by outcome. */
export function summaryOf({ rows }: ImportReport, { dryRun }: ImportOrder): string {
  const count = (outcome: ImportOutcome) => rows.filter((row) => row.outcome === outcome).length
  const counts = `${count('CREATED')} created, ${count('UPDATED')} updated, ${count('UNCHANGED')} unchanged, ${count('FAILED')} failed`
  const skipped = count('SKIPPED') > 0 ? `, ${count('SKIPPED')} valid but not written` : ''
  return dryRun ? `Dry run, nothing was written: ${counts}${skipped}.` : `${counts}${skipped}.`
}

/**
 * Returns the lines to print for the errors of an import: one for each error of the options or the file, and one for
 * each of the first 50 errors of rows. Empty when there are no errors.
 */
export function problemsOf({ errors, rows }: ImportReport, order: ImportOrder): string[] {
  const orderErrors = errors.map(({ path, message }) => `${optionOf(path?.slice(1) ?? [], order)}${message}`)
  const rowErrors = rows.flatMap(({ line, errors: errorsOfRow }) =>
    errorsOfRow.map(({ path, message }) => `Line ${line}${fieldOf(path ?? [])}: ${message}`),
  )
  const lines = [...orderErrors, ...rowErrors.slice(0, MAX_PRINTED_ERRORS)]
  if (rowErrors.length > MAX_PRINTED_ERRORS) lines.push(`And ${rowErrors.length - MAX_PRINTED_ERRORS} more errors.`)
  if (rowErrors.length > 0 && order.errorPolicy === 'REJECT_ALL' && !order.dryRun) {
    lines.push('Nothing was written. Correct these rows, or write the other rows with --error-policy reject-failed.')
  }
  return lines
}

/** Returns `, <field>` from the path of a row's error, which is `input`, `csv`, the line and the path of the field. */
function fieldOf(path: readonly string[]): string {
  return path.length > 3 ? `, ${path.slice(3).join('.')}` : ''
}

/** Returns the `--map` option that an error refers to, as a prefix of its message; empty for other errors. */
function optionOf([listName, index]: readonly string[], { columns }: ImportOrder): string {
  const mapping = listName === 'columns' && index !== undefined ? columns[Number(index)] : undefined
  return mapping ? `--map ${mapping.column}=${mapping.field}: ` : ''
}
