import { type GraphQLSchema, isLeafType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { columnType } from '../../graphql/types.ts'
import type { Leaf } from '../field-targets.ts'
import { readDay, readInstant } from './days.ts'
import { isDecimal, multiply } from './decimal-text.ts'

/** How a column of the imported file writes its values: numbers are multiplied by `factor`, dates have the `format`. */
export interface Notation {
  readonly factor?: string | undefined
  readonly format?: string | undefined
}

/** The parsed value of a cell, as a resolver gets it from an argument; or a sentence that says why the cell is not valid. */
export type CellValue = { readonly value: unknown } | { readonly problem: string }

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

/**
 * Parses a non-empty cell as a value of the type of `leaf`, the field that the column is imported into. The scalar or enum of the GraphQL schema decides whether the
 * value is valid.
 */
export function readCell(
  schema: GraphQLSchema,
  leaf: Exclude<Leaf, { kind: 'lookup' }>,
  notation: Notation,
  cell: string,
): CellValue {
  switch (leaf.kind) {
    case 'id':
      return { value: cell }
    case 'currency':
      return parseWithSchema(schema, 'CurrencyCode', cell.toUpperCase())
    case 'amount':
      return number(schema, 'Decimal', notation, cell)
    case 'column':
      return readDeclared(schema, leaf, notation, cell)
  }
}

/**
 * Parses a cell for a column of the database: first with the parser that the object declares for this column, if it
 * declares one (such as for names of countries), then by the type of the column.
 */
function readDeclared(
  schema: GraphQLSchema,
  leaf: Extract<Leaf, { kind: 'column' }>,
  notation: Notation,
  cell: string,
): CellValue {
  const read = leaf.cell?.safeParse(cell)
  if (read?.success === false) return { problem: read.error.issues.map(({ message }) => message).join(' ') }
  const text = read?.data ?? cell
  return leaf.scalar === null
    ? readColumn(schema, leaf.column, notation, text)
    : parseWithSchema(schema, leaf.scalar, text)
}

function readColumn(schema: GraphQLSchema, column: Column, notation: Notation, cell: string): CellValue {
  const typeName = columnType(column)
  switch (column.type) {
    case 'int':
    case 'float':
    case 'decimal':
      return number(schema, typeName, notation, cell)
    case 'boolean': {
      const value = BOOLEANS[cell.toLowerCase()]
      return value === undefined ? { problem: `${quoted(cell)} is neither true nor false.` } : { value }
    }
    case 'enum':
      return enumValue(schema, typeName, cell)
    case 'date':
      return day(schema, typeName, notation, cell)
    case 'timestamp': {
      if (notation.format === undefined) return parseWithSchema(schema, typeName, cell)
      const at = readInstant(cell, notation.format)
      return at ? { value: at } : { problem: `${quoted(cell)} is not a time in the format ${notation.format}.` }
    }
    default:
      return parseWithSchema(schema, typeName, cell)
  }
}

function number(schema: GraphQLSchema, typeName: string, { factor }: Notation, cell: string): CellValue {
  if (!isDecimal(cell))
    return { problem: `${quoted(cell)} is not a number. Write it as 1234.5, without thousands separators.` }
  const text = multiply(cell, factor ?? '1') ?? cell
  if (typeName === 'Int' && text.includes('.')) return { problem: `${text} is not a whole number.` }
  return parseWithSchema(schema, typeName, typeName === 'Decimal' || typeName === 'String' ? text : Number(text))
}

function day(schema: GraphQLSchema, typeName: string, { format }: Notation, cell: string): CellValue {
  const value = readDay(cell, format ?? 'YYYY-MM-DD')
  if (value !== null) return parseWithSchema(schema, typeName, value)
  const advice = format === undefined ? ' Give the column the format of its dates, such as MM/DD/YYYY.' : ''
  return { problem: `${quoted(cell)} is not a date in the format ${format ?? 'YYYY-MM-DD'}.${advice}` }
}

/** Parses the name of an enum value. Upper and lower case, spaces and hyphens do not matter: `In progress`. */
function enumValue(schema: GraphQLSchema, typeName: string, cell: string): CellValue {
  return parseWithSchema(schema, typeName, cell.toUpperCase().replaceAll(/[\s-]+/g, '_'))
}

/** Returns the value as the scalar or enum parses it, or why it refuses the value. */
function parseWithSchema(schema: GraphQLSchema, typeName: string, value: unknown): CellValue {
  const type = schema.getType(typeName)
  if (!isLeafType(type)) throw new Error(`The schema has no scalar or enum ${typeName}.`)
  try {
    return { value: type.parseValue(value) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : `${quoted(String(value))} is not a valid ${typeName}.` }
  }
}

/** Maximum number of characters of a cell in a message. */
const MAX_QUOTED = 60

/** Returns a cell in quotes and shortened, for a message. */
export function quoted(cell: string): string {
  return JSON.stringify(cell.length > MAX_QUOTED ? `${cell.slice(0, MAX_QUOTED)}…` : cell)
}
