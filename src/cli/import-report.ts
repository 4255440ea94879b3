import type { ImportOrder } from '../platform/imports/import-order.ts'
import type { ImportOutcome, ImportReport } from '../platform/imports/import-table.ts'

const MAX_TOLD = 50

/** What an import did, in one line. */
export function summaryOf({ rows }: ImportReport, { dryRun }: ImportOrder): string {
  const count = (outcome: ImportOutcome) => rows.filter((row) => row.outcome === outcome).length
  const counts = `${count('CREATED')} created, ${count('UPDATED')} updated, ${count('UNCHANGED')} unchanged, ${count('FAILED')} failed`
  const skipped = count('SKIPPED') > 0 ? `, ${count('SKIPPED')} without errors` : ''
  return dryRun ? `Dry run, nothing was written: ${counts}${skipped}.` : `${counts}${skipped}.`
}

/** What the operator has to mend, a line each; empty when everything went well. */
export function problemsOf({ errors, rows }: ImportReport, order: ImportOrder): string[] {
  const wrong = errors.map(({ path, message }) => `${optionOf(path?.slice(1) ?? [], order)}${message}`)
  const failed = rows.flatMap(({ line, errors: own }) =>
    own.map(({ path, message }) => `Line ${line}${fieldOf(path ?? [])}: ${message}`),
  )
  const told = [...wrong, ...failed.slice(0, MAX_TOLD)]
  if (failed.length > MAX_TOLD) told.push(`And ${failed.length - MAX_TOLD} more.`)
  if (failed.length > 0 && order.errorPolicy === 'REJECT_ALL' && !order.dryRun) {
    told.push('Nothing was written. Correct these rows, or write the others with --error-policy reject-failed.')
  }
  return told
}

/** Field of a row's error, below `input`, `csv` and the line. */
function fieldOf(path: readonly string[]): string {
  return path.length > 3 ? `, ${path.slice(3).join('.')}` : ''
}

/** Option that an error of the order is about. */
function optionOf([list, index]: readonly string[], { columns }: ImportOrder): string {
  const mapping = list === 'columns' && index !== undefined ? columns[Number(index)] : undefined
  return mapping ? `--map ${mapping.column}=${mapping.field}: ` : ''
}
