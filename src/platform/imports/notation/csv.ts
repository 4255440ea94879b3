import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parse } from 'csv-parse'
import { z } from 'zod'

/** A CSV file as read: the first row names the columns. */
export interface CsvTable {
  readonly header: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** A row of the file. */
export interface CsvRow {
  /** Line of the file on which the row begins; the header is usually line 1. */
  readonly line: number
  /** Cells without white space around them. */
  readonly cells: readonly string[]
  /** Why the row can't be used; null for a row that can be used. */
  readonly problem: string | null
}

const MAX_RECORD_CHARACTERS = 1_000_000
const DELIMITERS = [',', ';', '\t'] as const

const parsedRecord = z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) })

/**
 * Parses a CSV file in UTF-8, with or without byte order mark. The delimiter is the comma, semicolon or tab, whichever
 * the header contains most often. Empty lines are left out. Throws only when the source throws: a row that can't be
 * parsed is returned with its problem.
 * @param maxRows Parses at most `maxRows + 1` rows, so that a result with more than `maxRows` rows shows that the file
 * is too long. Default: all rows.
 */
export async function readCsv(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>,
  maxRows?: number,
): Promise<CsvTable> {
  const { delimiter, chunks } = await detectDelimiter(source)
  const rows: CsvRow[] = []
  // Number of lines by which the parser's line number is too high: it counts a CRLF within quotes as two lines.
  let excessLines = 0
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_CHARACTERS,
    // The header and one row more than the maximum are parsed too.
    ...(maxRows === undefined ? {} : { to: maxRows + 2 }),
    on_skip(error) {
      const line =
        (error && 'lines' in error && typeof error.lines === 'number' ? error.lines : parser.info.lines) - excessLines
      rows.push({
        line,
        cells: [],
        problem: `The row can't be read: ${error?.message ?? 'a quote is missing or in the wrong place'}.`,
      })
      return undefined
    },
  })
  await pipeline(Readable.from(chunks), parser, async (records: AsyncIterable<unknown>) => {
    for await (const parsed of records) {
      const { record, info } = parsedRecord.parse(parsed)
      excessLines += count(record, /\r\n/g)
      const line = info.lines - excessLines - count(record, /\r\n|\r|\n/g)
      const cells = record.map((cell) => cell.trim())
      if (cells.some((cell) => cell !== '')) rows.push({ line, cells, problem: badCharacters(cells) })
    }
  })
  rows.sort((one, other) => one.line - other.line)
  const [first, ...others] = rows
  const header = first?.cells ?? []
  return { header, rows: oncePerLine(others).map((row) => checkedWidth(row, header.length)) }
}

/** Returns the delimiter, and the chunks of the whole file, including the first chunk, which was read to find it. */
async function detectDelimiter(source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>) {
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

/** Returns how often the pattern occurs in all cells together. */
function count(cells: readonly string[], pattern: RegExp): number {
  return cells.reduce((sum, cell) => sum + (cell.match(pattern)?.length ?? 0), 0)
}

/**
 * Returns a problem when a row contains characters that can't be stored; otherwise null. U+FFFD stands for bytes that
 * are not valid UTF-8.
 */
function badCharacters(cells: readonly string[]): string | null {
  if (cells.some((cell) => cell.includes('\uFFFD'))) return 'The row is not UTF-8 text. Save the file as UTF-8.'
  return cells.some((cell) => cell.includes('\0'))
    ? 'The row contains the character U+0000. Save the file as UTF-8 text.'
    : null
}

/** Removes repeated errors of the same row: the parser may report a row several times. */
function oncePerLine(rows: readonly CsvRow[]): CsvRow[] {
  return rows.filter((row, index) => row.problem === null || row.line !== rows[index - 1]?.line)
}

/** Returns the row, with a problem when its number of cells differs from the header's. */
function checkedWidth(row: CsvRow, width: number): CsvRow {
  const { length } = row.cells
  if (row.problem !== null || length === width) return row
  return {
    ...row,
    problem: `The row has ${length} ${length === 1 ? 'cell' : 'cells'}, the header has ${width}. Put a cell that contains the delimiter into quotes.`,
  }
}
