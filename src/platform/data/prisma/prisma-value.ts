import * as runtime from '@prisma/client/runtime/client'
import type { Column } from '../models/models.ts'

/**
 * Returns a function that converts a column's value in PostgreSQL's JSON to the value that Prisma Client returns for it.
 * Numbers that JavaScript can't represent exactly have to be texts in the JSON.
 */
export function prismaValueOf(column: Column): (value: unknown) => unknown {
  const convert = converterOf(column)
  if (!convert) return (value) => value ?? (column.isList ? [] : null)
  if (column.isList) return (value) => (Array.isArray(value) ? value.map(convert) : [])
  return (value) => (value === null || value === undefined ? null : convert(value))
}

function converterOf(column: Column): ((value: unknown) => unknown) | null {
  switch (column.type) {
    case 'timestamp':
    case 'date':
      return (value) => new Date(String(value))
    case 'decimal':
      return (value) => new runtime.Decimal(String(value))
    case 'bigint':
      return (value) => BigInt(String(value))
    case 'bytes':
      return (value) => new Uint8Array(Buffer.from(String(value).replace(/^\\x/, ''), 'hex'))
    default:
      return null
  }
}
