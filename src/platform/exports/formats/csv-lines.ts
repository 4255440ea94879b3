import { escapeFormula } from '../../formats/formula-text.ts'
import type { ExportField } from '../export-fields.ts'
import type { ExportedRecord } from '../exported-records.ts'

/** Returns the first line of a CSV file: the paths of the fields. */
export function csvHeader(fields: readonly ExportField[]): string {
  return line(fields.map(({ path }) => path))
}

/** Returns the line of a record. */
export function csvLine(fields: readonly ExportField[], record: ExportedRecord): string {
  return line(fields.map(({ steps }) => escapeFormula(textOf(valueAt(record, steps)))))
}

/**
 * Returns the value of a field in a record. In a list of objects the next step is taken in the item of the position, or
 * else in the first one; an import reads a column such as `emails.address` in the same way.
 */
function valueAt(record: ExportedRecord, steps: readonly (string | number)[]): unknown {
  let value: unknown = record
  for (const step of steps) {
    const inner: unknown = Array.isArray(value) && typeof step === 'string' ? value[0] : value
    if (inner === null || inner === undefined) return null
    value = Object.hasOwn(Object(inner), step) ? Reflect.get(Object(inner), step) : null
  }
  return value
}

/** Returns a value as text: a list or an object as JSON, and nothing for null and for an empty list. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  return Array.isArray(value) && value.length === 0 ? '' : JSON.stringify(value)
}

// Besides what RFC 4180 requires, cells with other usual delimiters and with white space at their ends are quoted.
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/

function line(cells: readonly string[]): string {
  return `${cells.map((cell) => (NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}
