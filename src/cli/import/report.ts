import type { UserError } from '../../platform/declare/rules/user-errors.ts'
import type { ImportOrder } from '../../platform/imports/import-order.ts'
import type { ImportOutcome, ImportReport } from '../../platform/imports/import-table.ts'
import type { ImportStep } from '../../platform/imports/sets/import-set.ts'
import type { StepReport } from '../../platform/imports/sets/run-import-set.ts'

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

/** Returns the lines to print for the steps of an import set: one for each step, and their sum. */
export function stepLines(reports: readonly StepReport[], dryRun: boolean): string[] {
  const counts = reports.map(({ step, report }) => `${step.name}: ${outcomesOf(report.rows)}.`)
  const total = outcomesOf(reports.flatMap(({ report }) => report.rows))
  return [...counts, dryRun ? `Dry run, nothing was written: ${total}.` : `In all: ${total}.`]
}

function outcomesOf(rows: ImportReport['rows']): string {
  const count = (outcome: ImportOutcome) => rows.filter((row) => row.outcome === outcome).length
  return `${count('CREATED')} created, ${count('UPDATED')} updated, ${count('UNCHANGED')} unchanged`
}

/**
 * Returns the lines to print for the errors of an import set, each with the file, line and column, or the place in the
 * set. Empty when there are no errors.
 */
export function stepProblems(reports: readonly StepReport[]): string[] {
  const lines = reports.flatMap(({ step, problems, report }) => [
    ...[...problems, ...report.errors.map((error) => orderProblem(step, error))].map(
      (problem) => `Step “${step.name}”, ${problem}`,
    ),
    ...report.rows.flatMap(({ line, errors }) =>
      errors.map(
        ({ column, message }) =>
          `${step.file ?? `Step “${step.name}”`}, ${step.file ? 'line' : 'record'} ${line}${columnText(step, column)}: ${message}`,
      ),
    ),
  ])
  if (lines.length === 0) return []
  const shown = lines.slice(0, MAX_PRINTED_ERRORS)
  if (lines.length > shown.length) shown.push(`And ${lines.length - shown.length} more errors.`)
  return [...shown, 'Nothing of the set was written.']
}

/** Returns an error of a step's import as a place in the set and a message. */
function orderProblem({ fields, records }: ImportStep, { path, message }: UserError): string {
  const [list, index] = path?.slice(1) ?? []
  const names = records ? records.flatMap((record) => Object.keys(record)) : Object.keys(fields ?? {})
  const ofList = names.filter((name) => (fields?.[name]?.constant !== undefined) === (list === 'constants'))
  const field = list === 'columns' || list === 'constants' ? [...new Set(ofList)][Number(index)] : undefined
  return `${field === undefined ? (list ?? 'object') : `field ${field}`}: ${message}`
}

/** Returns `, column <column> (<field>)` for a field of a step; the field alone when it is not from one column. */
function columnText({ fields }: ImportStep, field: string | null): string {
  if (field === null) return ''
  const column = fields?.[field]?.column
  return column === undefined ? `, ${field}` : `, column ${column} (${field})`
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
