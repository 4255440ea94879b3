import type { ImportColumn, ImportOrder } from '../import-order.ts'
import { quoted } from '../notation/cells.ts'
import type { CsvRow, CsvTable } from '../notation/csv.ts'
import { type FieldText, parseFieldText } from './field-text.ts'
import type { FieldSource, ImportSet, ImportStep } from './import-set.ts'

/** A step as a plain import: a table with a column for each field, named like the field, and the order to import it. */
export interface StepImport {
  readonly table: CsvTable
  readonly order: ImportOrder
}

/** A field whose values come from the rows of the file. */
interface FieldColumn {
  readonly field: string
  readonly source: FieldSource
  readonly text: FieldText
}

type Failed = { readonly problems: readonly string[] }

/** Returns the order of a step without its columns and constants. */
const orderOf = ({ object, matchBy, mergeRows }: ImportStep, dryRun: boolean) =>
  ({
    object,
    matchBy: matchBy ?? [],
    mergesRows: mergeRows ?? false,
    errorPolicy: 'REJECT_ALL',
    dryRun,
  }) as const

/**
 * Returns the import of a step: the cells of its file with the corrections of the set, as values of fields. A cell that
 * `values` lacks is a problem of its row.
 * @param table The step's file; null for a step with `records`.
 * @returns What is wrong with the step when it does not fit the file, each problem with its place in the step.
 */
export function stepImport(
  { corrections = {} }: ImportSet,
  step: ImportStep,
  table: CsvTable | null,
  dryRun: boolean,
): StepImport | Failed {
  const order = orderOf(step, dryRun)
  if (step.records) return { ...recordsImport(step.records), order: { ...order, ...columnsOf(fieldsOf(step.records)) } }
  if (!table || step.file === undefined) return { problems: ['The step has no file.'] }
  const corrected = corrections[step.file] ?? {}
  const problems: string[] = []
  const requireColumn = (column: string, place: string) => {
    if (!table.header.includes(column))
      problems.push(`${place}: ${step.file} has no column ${column}. It has: ${table.header.join(', ')}.`)
  }
  for (const column of Object.keys(corrected)) requireColumn(column, `corrections.${step.file}`)
  const sources = Object.entries(step.fields ?? {})
  const columns = sources.flatMap(([field, source]): FieldColumn[] => {
    if (source.constant !== undefined) return []
    const text = textOf(source)
    if ('problem' in text) problems.push(`fields.${field}.text: ${text.problem}`)
    else {
      for (const column of text.columns) requireColumn(column, `fields.${field}`)
      return [{ field, source, text }]
    }
    return []
  })
  if (problems.length > 0) return { problems }
  const fields = columns.map(({ field }) => field)
  return {
    table: { header: fields, rows: table.rows.map((row) => fieldRow(table.header, corrected, columns, row)) },
    order: {
      ...order,
      columns: columns.map(({ field, source: { currency, factor, format } }) => ({
        ...columnOf(field),
        currency,
        factor,
        format,
      })),
      constants: sources.flatMap(([field, { constant }]) =>
        constant === undefined ? [] : [{ field, value: constant }],
      ),
    },
  }
}

function textOf({ column, text }: FieldSource): FieldText | { readonly problem: string } {
  if (column === undefined) return parseFieldText(text ?? '')
  return { columns: [column], fill: (cellOf) => cellOf(column) }
}

/** Returns a row with the values of the fields, from the cells of a row of the file. */
function fieldRow(
  header: readonly string[],
  corrections: Readonly<Record<string, Readonly<Record<string, string>>>>,
  columns: readonly FieldColumn[],
  row: CsvRow,
): CsvRow {
  if (row.problem !== null) return row
  const cellOf = (column: string) => {
    const cell = row.cells[header.indexOf(column)] ?? ''
    return own(corrections[column] ?? {}, cell) ?? cell
  }
  const problems: string[] = []
  const cells = columns.map(({ field, source: { column = '', values }, text }) => {
    const cell = text.fill(cellOf)
    if (!values || cell === '') return own(values ?? {}, cell) ?? cell
    const value = own(values, cell)
    if (value === undefined)
      problems.push(
        `${column}: ${quoted(cell)} is not one of the values of ${field}: ${Object.keys(values).join(', ')}.`,
      )
    return value ?? ''
  })
  return { line: row.line, cells, problem: problems.length > 0 ? problems.join(' ') : null }
}

function own(values: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined
}

type Records = NonNullable<ImportStep['records']>

function fieldsOf(records: Records): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record)))]
}

function recordsImport(records: Records): { readonly table: CsvTable } {
  const header = fieldsOf(records)
  return {
    table: {
      header,
      rows: records.map((record, index) => ({
        line: index + 1,
        cells: header.map((field) => record[field]?.trim() ?? ''),
        problem: null,
      })),
    },
  }
}

function columnOf(field: string): ImportColumn {
  return { column: field, field, replacements: [] }
}

function columnsOf(fields: readonly string[]): Pick<ImportOrder, 'columns' | 'constants'> {
  return { columns: fields.map(columnOf), constants: [] }
}
