import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { z } from 'zod'

/** A CSV file as read: the first row names the columns. */
export interface CsvTable {
  readonly header: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** One row: its cells without white space around them, or why it can't be read. */
export interface CsvRow {
  /** Line of the file on which it begins; the header is usually line 1. */
  readonly line: number
  readonly cells: readonly string[]
  readonly problem: string | null
}

const MAX_RECORD_CHARACTERS = 1_000_000
const DELIMITERS = [',', ';', '\t'] as const

const parsedRecord = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) })

/**
 * Reads a CSV file: UTF-8 with or without byte order mark; comma, semicolon or tab, whichever the header has most of.
 * Empty lines are left out. A row that can't be read is answered with its problem; only a failing source throws. `maxRows`
 * stops reading there: one row more than that tells that there are more.
 */
export async function readCsv(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  maxRows?: number,
): Promise<CsvTable> {
  const { delimiter, chunks } = await sniff(source)
  const rows: CsvRow[] = []
  // The parser takes CRLF within quotes for two lines.
  let excess = 0
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    // The header and the row too many.
    ...(maxRows === undefined ? {} : { to: maxRows + 2 }),
    on_skip(error) {
      const line =
        (error && 'lines' in error && typeof error.lines === 'number' ? error.lines : parser.info.lines) - excess
      rows.push({
        line,
        cells: [],
        problem: `The row can't be read: ${error?.message ?? 'its quotes are not in order'}.`,
      })
      return undefined
    },
  })
  await pipeline(Readable.from(chunks), parser, async (records: AsyncIterable<unknown>) => {
    for await (const each of records) {
      const { record, info } = parsedRecord.parse(each)
      excess += count(record, /\r\n/g)
      const line = info.lines - excess - count(record, /\r\n|\r|\n/g)
      const cells = record.map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) rows.push({ line, cells, problem: badCharacters(cells) })
    }
  })
  rows.sort((one, other) => one.line - other.line)
  const [first, ...others] = rows
  const header = first?.cells ?? []
  return { header, rows: oncePerLine(others).map((row) => checkedWidth(row, header.length)) }
}

/** The delimiter of the header, and the file from its beginning. */
async function sniff(source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>) {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  const first = await iterator.next()
  const start = first.done ? Buffer.alloc(0) : Buffer.from(first.value)
  const [header = ''] = start.toString('utf8').split(/[\r\n]/, 1)
  const unquoted = header.replaceAll(/"[^"]*"/g, '')
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length }))
  const [best] = counted.toSorted((one, other) => other.count - one.count)
  async function* chunks() {
    yield start
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield Buffer.from(next.value)
  }
  return { delimiter: best?.delimiter ?? ',', chunks: chunks() }
}

function count(cells: readonly string[], pattern: RegExp): number {
  return cells.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)
}

/** Bytes that are no UTF-8 are read as U+FFFD. */
function badCharacters(cells: readonly string[]): string | null {
  if (cells.some((cell) => cell.includes('\uFFFD'))) return 'The row is not UTF-8 text. Save the file as UTF-8.'
  return cells.some((cell) => cell.includes('\0'))
    ? 'The row holds the character U+0000. Save the file as UTF-8 text.'
    : null
}

/** The parser may stumble several times over one row. */
function oncePerLine(rows: readonly CsvRow[]): CsvRow[] {
  return rows.filter((row, index) => row.problem === null || row.line !== rows[index - 1]?.line)
}

function checkedWidth(row: CsvRow, width: number): CsvRow {
  const { length } = row.cells
  if (row.problem !== null || length === width) return row
  return {
    ...row,
    problem: `The row has ${length} ${length === 1 ? 'cell' : 'cells'}, the header has ${width}. Put a cell that holds the delimiter into quotes.`,
  }
}
