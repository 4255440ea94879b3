import { type GraphQLSchema, isLeafType } from 'graphql'
import type { Column } from '../../data/models/models.ts'
import { columnType } from '../../graphql/types.ts'
import type { Leaf } from '../field-targets.ts'
import { readDay, readInstant } from './days.ts'
import { isDecimal, multiply } from './decimal-text.ts'

/** How the cells of a column are written. */
export interface Notation {
  readonly factor?: string | undefined
  readonly format?: string | undefined
}

/** A value as GraphQL would hand it to an operation, or why the cell holds none. */
export type CellValue = { readonly value: unknown } | { readonly problem: string }

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

/** Reads a cell, which is not empty, as a value of the target's type. The schema's own scalars have the last word. */
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
      return accepted(schema, 'CurrencyCode', cell.toUpperCase())
    case 'amount':
      return number(schema, 'Decimal', notation, cell)
    case 'column':
      return readDeclared(schema, leaf, notation, cell)
  }
}

/** What the module that declares the column makes of a cell comes first. */
function readDeclared(
  schema: GraphQLSchema,
  leaf: Extract<Leaf, { kind: 'column' }>,
  notation: Notation,
  cell: string,
): CellValue {
  const read = leaf.cell?.safeParse(cell)
  if (read?.success === false) return { problem: read.error.issues.map(({ message }) => message).join(' ') }
  return readColumn(schema, leaf.column, notation, read?.data ?? cell)
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
      if (notation.format === undefined) return accepted(schema, typeName, cell)
      const at = readInstant(cell, notation.format)
      return at ? { value: at } : { problem: `${quoted(cell)} is no time of the form ${notation.format}.` }
    }
    default:
      return accepted(schema, typeName, cell)
  }
}

function number(schema: GraphQLSchema, typeName: string, { factor }: Notation, cell: string): CellValue {
  if (!isDecimal(cell))
    return { problem: `${quoted(cell)} is no number. Write it as 1234.5, without thousands separators.` }
  const text = multiply(cell, factor ?? '1') ?? cell
  if (typeName === 'Int' && text.includes('.')) return { problem: `${text} is no whole number.` }
  return accepted(schema, typeName, typeName === 'Decimal' || typeName === 'String' ? text : Number(text))
}

function day(schema: GraphQLSchema, typeName: string, { format }: Notation, cell: string): CellValue {
  const value = readDay(cell, format ?? 'YYYY-MM-DD')
  if (value !== null) return accepted(schema, typeName, value)
  const advice = format === undefined ? ' Say how days are written, such as MM/DD/YYYY.' : ''
  return { problem: `${quoted(cell)} is no day of the form ${format ?? 'YYYY-MM-DD'}.${advice}` }
}

/** `In progress` names `IN_PROGRESS`. */
function enumValue(schema: GraphQLSchema, typeName: string, cell: string): CellValue {
  return accepted(schema, typeName, cell.toUpperCase().replaceAll(/[\s-]+/g, '_'))
}

function accepted(schema: GraphQLSchema, typeName: string, value: unknown): CellValue {
  const type = schema.getType(typeName)
  if (!isLeafType(type)) throw new Error(`The schema has no scalar or enum ${typeName}.`)
  try {
    return { value: type.parseValue(value) }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : `${quoted(String(value))} is no ${typeName}.` }
  }
}

const MAX_QUOTED = 60

/** A cell in a message. */
export function quoted(cell: string): string {
  return JSON.stringify(cell.length > MAX_QUOTED ? `${cell.slice(0, MAX_QUOTED)}…` : cell)
}
